import { randomUUID } from 'node:crypto';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Double } from './double.ts';
import type { LogRecord } from './event-log.ts';
import { caughtUpMessage, checkpointMessage, confirmationMessage, eventMessage, rejection } from './messages.ts';
import { checkPosition, send, type ReadCall } from './read.ts';

const DEFAULT_WINDOW = 32;

const filterOf = (options: ReadReq.Options) => {
  const filter = options.getFilter();
  const onStream = filter?.getStreamIdentifier();
  const expression = onStream ?? filter?.getEventType();
  const pattern = expression?.getRegex() === '' ? undefined : new RegExp(expression?.getRegex() ?? '');
  const prefixes = expression?.getPrefixList() ?? [];
  const window = filter?.hasMax() === true ? filter.getMax() : DEFAULT_WINDOW;
  const matches = ({ stream, type }: LogRecord): boolean => {
    const subject = onStream === undefined ? type : stream;
    return pattern === undefined ? prefixes.some((prefix) => subject.startsWith(prefix)) : pattern.test(subject);
  };
  return {
    matches: expression === undefined ? () => true : matches,
    window,
    /** Checkpoints come with a filter only. */
    interval: filter === undefined ? Infinity : window * filter.getCheckpointintervalmultiplier(),
  };
};

/** Where a subscription begins: strictly behind this. -1: at the very start. */
const startOf = (double: Double, options: ReadReq.Options): bigint => {
  const all = options.getAll();
  const position = all?.getPosition();
  if (position !== undefined) return BigInt(position.getCommitPosition());
  return all?.hasEnd() === true ? (double.log.all().at(-1)?.position ?? -1n) : -1n;
};

/** Sends through the fault hooks. False once the subscription is over. */
const createSender = (double: Double, call: ReadCall) => {
  let [delivered, isMute, isTwice] = [0, false, false];
  let checkpoint: bigint | undefined;

  const passFaults = async (): Promise<boolean> => {
    const fault = await double.faults.pass({ rpc: 'subscribe', stream: '$all', when: 'before', delivered });
    if (fault === 'end') call.end();
    if (typeof fault === 'object') call.emit('error', rejection(fault.code, 'as asked for', fault.trailers));
    isMute ||= fault === 'mute' || fault === 'hang';
    isTwice ||= fault === 'twice';
    return fault !== 'end' && fault !== 'cut' && typeof fault !== 'object';
  };

  return {
    open: async (): Promise<boolean> => {
      if (!(await passFaults())) return false;
      return isMute || send(call, confirmationMessage(randomUUID()));
    },
    event: async (record: LogRecord): Promise<boolean> => {
      if (!(await passFaults())) return false;
      if (isMute || double.isMute()) return true;
      delivered += 1;
      if (isTwice && !(await send(call, eventMessage(record)))) return false;
      return send(call, eventMessage(record));
    },
    /** The same or an earlier checkpoint is not sent again; -1 stands for the end on the wire, so nothing beats it. */
    checkpoint: async (position: bigint, prepare = position): Promise<boolean> => {
      const rank = position < 0n ? 2n ** 64n : position;
      if (isMute || double.isMute() || (checkpoint !== undefined && rank <= checkpoint)) return true;
      checkpoint = rank;
      return send(call, checkpointMessage(position, prepare));
    },
    caughtUp: async (): Promise<boolean> => isMute || double.isMute() || send(call, caughtUpMessage()),
  };
};

/**
 * A subscription to `$all` as server 24.6 runs it: confirmed, then pages of the search window, with a checkpoint every
 * interval of considered events (the last match, or the start of the page with a prepare position of 0) and one at the end
 * of the catch-up (which is the last one again, not the end of the log), then caught up, then live.
 */
export const subscribeToAll = async (double: Double, call: ReadCall, options: ReadReq.Options): Promise<void> => {
  const { log } = double;
  double.note('subscribe', '$all');
  double.demandLeader(call.metadata);
  const filter = filterOf(options);
  const sender = createSender(double, call);
  let checkpoint = startOf(double, options);
  if (checkpoint > 0n) checkPosition(log, checkpoint);
  if (!(await sender.open())) return;

  let index = log.indexAfter(checkpoint);
  let considered = 0;
  while (index < log.all().length) {
    const page = log.all().slice(index, index + filter.window);
    const pageStart = page[0]?.position ?? checkpoint;
    for (const record of page.filter(filter.matches)) {
      if (!(await sender.event(record))) return;
      checkpoint = record.position;
    }
    index += page.length;
    considered += page.length;
    if (index >= log.all().length) {
      if (filter.interval !== Infinity && !(await sender.checkpoint(checkpoint))) return;
    } else if (considered >= filter.interval) {
      considered %= filter.interval;
      const prepare = pageStart > checkpoint ? 0n : checkpoint;
      if (pageStart > checkpoint) checkpoint = pageStart;
      if (!(await sender.checkpoint(checkpoint, prepare))) return;
    }
  }
  if (!(await sender.caughtUp())) return;

  let liveConsidered = 0;
  while (double.isOpen(call)) {
    const record = log.all()[index];
    if (record === undefined) {
      await double.newsFor(call);
      continue;
    }
    index += 1;
    if (record.position <= checkpoint) continue;
    liveConsidered += 1;
    if (filter.matches(record) && !(await sender.event(record))) return;
    if (liveConsidered >= filter.interval) {
      liveConsidered = 0;
      if (!(await sender.checkpoint(record.position))) return;
    }
  }
};
