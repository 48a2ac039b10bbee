import { Server, ServerCredentials, status, type Metadata, type UntypedServiceImplementation } from '@grpc/grpc-js';
import featuresServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streamsServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { createSignal } from '../../../src/event-store/signal.ts';
import { appendHandler } from './append.ts';
import { batchAppendHandler } from './batch-append.ts';
import { deleteHandler, tombstoneHandler } from './delete.ts';
import type { Double } from './double.ts';
import { createEventLog } from './event-log.ts';
import { rejection } from './messages.ts';
import { createFaults, type Fault, type Rpc } from './faults.ts';
import { featuresHandler } from './features.ts';
import { readHandler, type ReadCall } from './read.ts';
import { startRelay } from './relay.ts';

export type WireDoubleOptions = {
  /** Append-only file that keeps the log. Default: memory only. */
  readonly file?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Its `MaxAppendSize`. Default 1 MiB, as a server has it. */
  readonly maxAppendBytes?: number;
};

type NotedCall = { readonly rpc: Rpc; readonly stream: string };

/** Holds the subscriptions that are served, so that they can be ended from outside. */
const createSubscriptions = (onAppended: (listener: () => void) => void) => {
  const open = new Set<ReadCall>();
  const appended = createSignal();
  onAppended(() => appended.raise());
  return {
    isOpen: (call: ReadCall): boolean => !call.cancelled && !call.destroyed && !call.writableEnded,
    newsFor: async (call: ReadCall): Promise<void> => {
      open.add(call);
      const heard = appended.count();
      const over = new AbortController();
      const end = (): void => over.abort();
      call.once('cancelled', end).once('close', end).once('finish', end);
      await appended.waitBeyond(heard, { signal: over.signal });
      call.off('cancelled', end).off('close', end).off('finish', end);
      open.delete(call);
    },
    end: (): void => {
      for (const call of open) call.end();
    },
  };
};

/** The leader that this node follows: calls that require the leader are sent there. */
const createRole = () => {
  let leaderPort: number | undefined;
  return {
    follow: (port: number): void => void (leaderPort = port),
    demandLeader: (metadata: Metadata): void => {
      if (leaderPort === undefined || metadata.get('requires-leader')[0] !== 'true') return;
      throw rejection(status.NOT_FOUND, 'Leader info available', {
        exception: 'not-leader',
        'leader-endpoint-host': '127.0.0.1',
        'leader-endpoint-port': String(leaderPort),
      });
    },
  };
};

/** A server that speaks EventStoreDB's protocol on 127.0.0.1, for tests: everything in memory or one file. */
export const startWireDouble = async ({ file, port = 0, maxAppendBytes = 1024 * 1024 }: WireDoubleOptions = {}) => {
  const calls: NotedCall[] = [];
  const log = createEventLog(file);
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  let [grpcPort, isMute] = [0, false];
  const relay = await startRelay(port, () => grpcPort);
  const faults = createFaults(() => relay.cut());
  const subscriptions = createSubscriptions(log.onAppended);
  const note = (rpc: Rpc, stream: string): void => void calls.push({ rpc, stream });
  const { follow, demandLeader } = createRole();
  const double: Double = { log, faults, maxAppendBytes, note, demandLeader, isMute: () => isMute, ...subscriptions };

  const streams: UntypedServiceImplementation = {
    append: appendHandler(double),
    batchAppend: batchAppendHandler(double),
    read: readHandler(double),
    delete: deleteHandler(double),
    tombstone: tombstoneHandler(double),
  };
  server.addService(streamsServices.StreamsService, streams);
  server.addService(featuresServices.ServerFeaturesService, { getSupportedMethods: featuresHandler(double) });
  grpcPort = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });

  return {
    port: relay.port,
    url: `esdb://127.0.0.1:${relay.port}?tls=false`,
    /** Every call since the start, or since `forgetCalls`. */
    calls: (rpc: Rpc): readonly NotedCall[] => calls.filter((call) => call.rpc === rpc),
    forgetCalls: (): void => void (calls.length = 0),
    arm: (fault: Fault): void => faults.arm(fault),
    clearFaults: (): void => faults.clear(),
    /** Ends all subscriptions that wait for news, with OK. */
    endSubscriptions: (): void => subscriptions.end(),
    /** From now on subscriptions, old and new, deliver nothing (or again). */
    mute: (mute: boolean): void => void (isMute = mute),
    /** From now on this node follows the leader at this port. It does not copy its log. */
    follow,
    /** The server's log, also for changes behind its back. */
    log,
    dropConnections: (): void => relay.cut(),
    freezeConnections: (): void => relay.freeze(),
    stop: async (): Promise<void> => {
      await relay.stop();
      server.forceShutdown();
      log.close();
    },
  };
};

export type WireDouble = Awaited<ReturnType<typeof startWireDouble>>;
