import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** Reads at most so many bytes a second, in so many steps a second, to the end. */
export async function readSlowly(
  stream: Readable,
  bytesPerSecond: number,
  stepsPerSecond = 20,
): Promise<string> {
  const step = Math.max(1, Math.floor(bytesPerSecond / stepsPerSecond));
  const chunks: Buffer[] = [];
  let isOver = false;
  stream.once("end", () => {
    isOver = true;
  });
  stream.pause();
  while (!isOver) {
    const chunk = stream.read(step) ?? stream.read();
    if (chunk !== null) {
      chunks.push(Buffer.from(chunk));
    }
    await sleep(1000 / stepsPerSecond);
  }
  return Buffer.concat(chunks).toString();
}
