import { once } from 'node:events';
import { openDemo } from './open-demo.ts';

await using demo = await openDemo();

console.log('A service with six tokens runs, and its studio is at this URL, which works once. Ctrl-C ends both.');
console.log(demo.studio.url);

await Promise.race([demo.studio.ended, once(process, 'SIGINT'), once(process, 'SIGTERM')]);
