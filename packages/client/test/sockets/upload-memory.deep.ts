import { expect, test } from 'vitest';
import { peakMebibytes } from './upload-memory.ts';

const ways = ['client.put', 'client.fetch', 'client.fetch of a Request'];

test.each(ways)('%s sends a stream of 128 MiB and holds no more than 2 MiB of it', async (way) => {
  expect(await peakMebibytes(way, 128)).toBeLessThanOrEqual(2);
});

test.each(ways)('%s itself holds no more than 2 MiB of 128, over a fetch that holds nothing', async (way) => {
  expect(await peakMebibytes(`${way}, without the copy`, 128)).toBeLessThanOrEqual(2);
});

test('ky by itself holds the whole stream: so the measurement sees what is held', async () => {
  expect(await peakMebibytes('ky', 128)).toBeGreaterThan(64);
});
