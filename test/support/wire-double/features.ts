import type { handleUnaryCall } from '@grpc/grpc-js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import type { Double } from './double.ts';
import { rejection } from './messages.ts';

const STREAMS = 'event_store.client.streams.streams';
const methods: readonly (readonly [string, readonly string[]])[] = [
  ['read', ['position', 'events']],
  ['append', []],
  ['batchappend', ['deadlineduration']],
  ['delete', []],
  ['tombstone', []],
];

/** Like a server since 21.10. */
const supportedMethods = (): SupportedMethods => {
  const message = new features.SupportedMethods();
  message.setEventStoreServerVersion('24.6.0');
  for (const [name, offers] of methods) {
    const method = new features.SupportedMethod();
    method.setServiceName(STREAMS);
    method.setMethodName(name);
    method.setFeaturesList([...offers]);
    message.addMethods(method);
  }
  return message;
};

/** ServerFeatures/GetSupportedMethods. */
export const featuresHandler =
  (double: Double): handleUnaryCall<Empty, SupportedMethods> =>
  (_call, callback) => {
    double.note('features', '');
    void double.faults.pass({ rpc: 'features', stream: '', when: 'before' }).then((fault) => {
      if (typeof fault === 'object') callback(rejection(fault.code, 'as asked for', fault.trailers));
      else if (fault === undefined) callback(null, supportedMethods());
    });
  };
