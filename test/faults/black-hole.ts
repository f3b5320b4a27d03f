import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Listens, and then blocks for ever. */
const sleeper = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;

/**
 * An origin on loopback that neither accepts nor refuses connections: its queue is full.
 *
 * @throws when the queue never fills
 */
export async function createBlackHole(): Promise<string> {
  const worker = new Worker(sleeper, { eval: true });
  const queue: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of queue) socket.destroy();
    await worker.terminate();
  });
  const [port] = (await once(worker, 'message')) as [number];
  while (queue.length < 64) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    queue.push(socket);
    if (!(await connects(socket))) return `http://127.0.0.1:${port}`;
  }
  throw new Error('A queue of one takes 64 connections here');
}

/** On loopback a connection succeeds at once or never. */
function connects(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => resolve(false), 100);
    socket.once('connect', () => {
      clearTimeout(patience);
      resolve(true);
    });
  });
}
