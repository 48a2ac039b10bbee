import type { Erasure, Subject } from '../../privacy/index.ts';
import type { EventContext } from '../../event-store/codec.ts';
import { isUuid } from '../../platform/uuid.ts';
import { zipOf } from '../../platform/zip.ts';
import { notFound, problem } from '../server/problem.ts';
import { bind, replayKept, type Bound, type Loading, type Reply, type RequestFacts } from '../server/route.ts';
import { caughtUp, erase, erasureBody, surveyOf, type Erasing } from '../erasures/erase.ts';
import { exportedFiles, type ExportDeps } from './export.ts';
import { privacySpecs } from './routes.ts';

export type PrivacyDeps = Erasing & {
  readonly access: {
    readonly findSubject: (customer_id: string) => Promise<Subject>;
    /** Records that a copy of a customer's data is handed out. */
    readonly recordExport: (customer_id: string, context: EventContext) => Promise<void>;
    readonly exporting: ExportDeps;
  };
};

const ERASED =
  'The personal data of this customer was erased, and nothing was stored since. Documents that must be kept are for admins and auditors: GET /invoices lists them.';

/** A zip of everything that is stored of a customer. That it is handed out is recorded first. */
const exportReply = async (
  { findSubject, recordExport, exporting }: PrivacyDeps['access'],
  customer_id: string,
  { caller, context, at }: Pick<RequestFacts, 'caller' | 'context' | 'at'>,
): Promise<Reply> => {
  const subject = await caughtUp(findSubject(customer_id));
  const isOwn = caller.role === 'customer';
  if (subject.state === 'unknown' && !isOwn) throw notFound('customer');
  if (subject.state === 'erased') throw problem('customer.erased', ERASED);
  await recordExport(customer_id, context);
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename="personal-data-${at.slice(0, 10)}.zip"`,
    },
    content: zipOf(exportedFiles(exporting, { ...subject, customer_id, viewer: caller, at })),
  };
};

export const bindPrivacy = (deps: PrivacyDeps): Bound<typeof privacySpecs> => {
  const loadErasure = ({ params: { id = '' } }: Loading): Promise<Erasure | undefined> =>
    isUuid(id) ? deps.find(id) : Promise.resolve(undefined);
  return bind(privacySpecs, {
    eraseCustomer: {
      handle: async ({ params: { id: customer_id }, body, ...request }) => {
        const survey = await surveyOf(deps, customer_id);
        if (body.dry_run !== true) return erase(deps, { customer_id, survey }, { body, ...request });
        const { orders, streams, plan, open_business } = survey;
        return {
          status: 200,
          body: {
            customer_id,
            orders: orders.length,
            streams: streams.length,
            keys: plan.destroyed.length,
            kept: plan.kept,
            open_business,
          },
          keepsBody: true,
        };
      },
      replay: replayKept,
    },
    exportCustomer: { handle: ({ params: { id }, ...request }) => exportReply(deps.access, id, request) },
    exportMyData: { handle: (request) => exportReply(deps.access, request.caller.id, request) },
    getErasure: {
      load: loadErasure,
      handle: async ({ subject }) => ({ status: 200, body: await erasureBody(deps, subject) }),
    },
  });
};
