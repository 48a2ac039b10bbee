import type { handleUnaryCall } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Double } from './double.ts';
import { nameOf } from './messages.ts';

/** Streams/Delete: hides the stream from its readers; `$all` keeps it. The expected revision is not looked at. */
export const deleteHandler =
  (double: Double): handleUnaryCall<DeleteReq, DeleteResp> =>
  ({ request }, callback) => {
    const stream = nameOf(request.getOptions()?.getStreamIdentifier());
    double.note('delete', stream);
    const { position } = double.log.softDelete(stream);
    const at = new streams.DeleteResp.Position();
    at.setCommitPosition(String(position));
    at.setPreparePosition(String(position));
    const response = new streams.DeleteResp();
    response.setPosition(at);
    callback(null, response);
  };

/** Streams/Tombstone: the stream may not be read or written again. */
export const tombstoneHandler =
  (double: Double): handleUnaryCall<TombstoneReq, TombstoneResp> =>
  ({ request }, callback) => {
    const stream = nameOf(request.getOptions()?.getStreamIdentifier());
    double.note('delete', stream);
    const { position } = double.log.tombstone(stream);
    const at = new streams.TombstoneResp.Position();
    at.setCommitPosition(String(position));
    at.setPreparePosition(String(position));
    const response = new streams.TombstoneResp();
    response.setPosition(at);
    callback(null, response);
  };
