/** The request that a call to another service belongs to; sent as `X-Request-Id` and `traceparent`. */
export type Trace = {
  readonly request_id: string;
  /** 32 hex digits (W3C trace context). */
  readonly trace_id?: string | undefined;
};

const TRACE_ID = /^[0-9a-f]{32}$/;

/** The trace of what follows from an event: a request without an id of its own was given its trace's. */
export const traceOf = (correlation_id: string): Trace => ({
  request_id: correlation_id,
  trace_id: TRACE_ID.test(correlation_id) ? correlation_id : undefined,
});
