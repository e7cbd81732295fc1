// The page's end of the feed: one WebSocket, topics with listeners, and after a break everything from where it stopped.

const RETRY_MS = [200, 500, 1000, 2000, 5000];

class Feed {
  #socket;
  #topics = new Map();
  #tries = 0;
  /** Number of the last commit that was told of. */
  seq = 0;
  onState = () => {};

  connect() {
    const socket = (this.#socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`));
    socket.onopen = () => {
      this.#tries = 0;
      this.onState('live');
      for (const [topic, { seq }] of this.#topics) this.#ask(topic, seq);
    };
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = () => {
      this.onState('lost');
      setTimeout(() => this.connect(), RETRY_MS[Math.min(this.#tries++, RETRY_MS.length - 1)]);
    };
  }

  #ask(topic, since) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ subscribe: topic, ...(since === undefined ? {} : { since }) }));
  }

  #take(message) {
    const known = this.#topics.get(message.topic);
    const seq = message.seq ?? message.commits?.at(-1)?.seq;
    if (seq !== undefined) {
      this.seq = Math.max(this.seq, seq);
      if (known) known.seq = seq;
    }
    if (known) for (const listener of known.listeners) listener(message);
  }

  /** Listens to a topic; returns the way to stop. */
  on(topic, listener) {
    let known = this.#topics.get(topic);
    if (!known) {
      this.#topics.set(topic, (known = { listeners: new Set(), seq: undefined }));
      this.#ask(topic);
    }
    known.listeners.add(listener);
    return () => {
      known.listeners.delete(listener);
      if (known.listeners.size > 0 || this.#topics.get(topic) !== known) return;
      this.#topics.delete(topic);
      if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ unsubscribe: topic }));
    };
  }
}

export const feed = new Feed();
