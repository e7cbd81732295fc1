// What a tracer is to the house: something that is told when a piece of work begins and ends, and knows within which other it does.

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface Tracing {
  /** Runs `body` as a span; a rejection marks it as failed and goes on to the caller. */
  around<T>(name: string, attributes: Attributes, body: () => Promise<T>): Promise<T>;
}
