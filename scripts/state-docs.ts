import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'oxfmt';
import { ORDER_STATUSES, ORDER_TRANSITIONS, phaseOf, SHIPMENT_TRANSITIONS } from '../src/domain/order/index.ts';
import { PAYMENT_TRANSITIONS } from '../src/domain/payment/index.ts';
import { RETURN_TRANSITIONS } from '../src/domain/return/index.ts';

/** `docs/states.md`: diagrams and tables of what can happen, from the tables that the code decides by. */
export const STATES_FILE = fileURLToPath(new URL('../docs/states.md', import.meta.url));

type Row = {
  readonly action: string;
  readonly from: readonly string[];
  readonly to: string | readonly string[];
  readonly event: string;
  readonly by?: readonly string[];
  readonly asked?: boolean;
};

const targets = ({ to }: Row): readonly string[] => (typeof to === 'string' ? [to] : to);
const start = (status: string): string => (status === 'none' ? '[*]' : status);

const edges = (row: Row): readonly string[] =>
  row.from.flatMap((from) =>
    targets(row)
      .filter((to) => to !== from)
      .map((to) => `  ${start(from)} --> ${to}: ${row.action}`),
  );

/** Statuses without a transition to another one. */
const finals = (rows: readonly Row[]): readonly string[] => {
  const left = new Set(rows.flatMap(({ from }) => from));
  return [...new Set(rows.flatMap(targets))].filter((status) => !left.has(status));
};

const diagram = (rows: readonly Row[]): string =>
  ['```mermaid', 'stateDiagram-v2', ...rows.flatMap(edges), ...finals(rows).map((s) => `  ${s} --> [*]`), '```'].join(
    '\n',
  );

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

const from = (row: Row): string => row.from.map((status) => (status === 'none' ? '(new)' : `\`${status}\``)).join(', ');

/** Empty columns are left out: a payment's steps cannot be requested by a word. */
const table = (rows: readonly Row[]): string => {
  const who = ({ by = [], asked = false }: Row): readonly string[] => [by.join(', '), asked ? 'yes' : 'no'];
  const isAsked = rows.some(({ asked }) => asked);
  const cells = rows.map((row) => [from(row), row.action, code(targets(row)), row.event, ...(isAsked ? who(row) : [])]);
  const head = ['from', 'action', 'to', 'event', ...(isAsked ? ['who', 'by word'] : [])];
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
};

const phases = (): string =>
  [
    '| status | phase |',
    '| --- | --- |',
    ...ORDER_STATUSES.map((status) => `| \`${status}\` | ${phaseOf(status).replaceAll('_', ' ')} |`),
  ].join('\n');

const section = (title: string, source: string, rows: readonly Row[], more: readonly string[] = []): string =>
  [`## ${title}`, `From [${source}](../${source}).`, diagram(rows), table(rows), ...more].join('\n\n');

export const renderStates = async (): Promise<string> => {
  const text = [
    '# States',
    '`npm run docs:states` writes this page from the transition tables in the code; do not edit it. *By word*: a request' +
      ' may name the action, or the status that it leads to. Each other action has its own request, or follows from' +
      ' something else, such as a schedule or a return.',
    section('Order', 'src/domain/order/vocabulary/transitions.ts', ORDER_TRANSITIONS, [
      'Rules that depend on the progress of the goods use the phase of the status.',
      phases(),
    ]),
    section('Shipment', 'src/domain/order/vocabulary/shipment-transitions.ts', SHIPMENT_TRANSITIONS, [
      'Staff move one shipment by its own request. `ship`, `out_for_delivery` and `deliver` on the order are about all of' +
        ' its shipments (`OrderShipped`, `OrderOutForDelivery`, `OrderDelivered`). One that is `lost` or' +
        ' `returned_to_sender` keeps that status; it waits until staff decide between `refund` and `resend`' +
        ' (`ShipmentResolved`), unless the request says so at once.',
    ]),
    section('Return', 'src/domain/return/transitions.ts', RETURN_TRANSITIONS),
    section('Payment', 'src/domain/payment/transitions.ts', PAYMENT_TRANSITIONS),
  ].join('\n\n');
  return (await format(STATES_FILE, text, { printWidth: 120 })).code;
};

export const readStates = async (): Promise<string> => readFile(STATES_FILE, 'utf8');

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(STATES_FILE, await renderStates());
