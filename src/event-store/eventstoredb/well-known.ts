import { createRequire } from 'node:module';
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';

/** The client's own copy of `google-protobuf`: its messages take no other. */
export const ofClient = createRequire(createRequire(import.meta.url).resolve('@eventstore/db-client'));

type EmptyMessage = NonNullable<Parameters<BatchAppendReq.Options['setNoStream']>[0]>;

/** The package has no types of its own. */
export const { Empty } = ofClient('google-protobuf/google/protobuf/empty_pb.js') as {
  readonly Empty: new () => EmptyMessage;
};
