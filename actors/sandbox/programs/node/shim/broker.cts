// The thread that asks the machine on behalf of worker threads: those may be ended in the middle of a call, and the pipes must not be.
import worker_threads from 'node:worker_threads';
import { exchangeFrames, sendFrame } from './frames.cjs';
import { Closed, hasMessage, isClosed, type Mailbox, put, take } from './mailbox.cjs';
import { awaitRing, join, rings } from './shared.cjs';

const nothing = (): void => undefined;

function serve({ requests, answers }: Mailbox): void {
  const { isCall, json, bytes } = take(requests);
  if (isCall) put(answers, { isCall: false, ...exchangeFrames(json, bytes) }, nothing);
  else sendFrame(json, bytes);
}

/** Never returns: the thread ends with the program. New mailboxes come as messages, each with a ring of the bell. */
export function runBroker(shared: SharedArrayBuffer): never {
  join(shared);
  const { receiveMessageOnPort, parentPort } = worker_threads;
  const boxes = new Set<Mailbox>();
  for (;;) {
    const heard = rings();
    for (let box = receiveMessageOnPort(parentPort!); box; box = receiveMessageOnPort(parentPort!)) boxes.add(box.message as Mailbox);
    let isIdle = true;
    for (const box of boxes) {
      try {
        if (isClosed(box)) boxes.delete(box);
        else if (hasMessage(box.requests)) {
          serve(box);
          isIdle = false;
        }
      } catch (error) {
        if (!(error instanceof Closed)) throw error;
        boxes.delete(box);
      }
    }
    if (isIdle) awaitRing(heard);
  }
}
