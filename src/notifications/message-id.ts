import { v5 as uuidv5 } from 'uuid';
import type { MessageKind } from './kinds.ts';

const MESSAGE_IDS = 'c3b2f6de-0d0e-5c5b-9a53-1b7f7c1de0a4';

/** The id of the one message of this kind about an event. */
export const messageIdOf = (eventId: string, kind: MessageKind): string => uuidv5(`${kind}/${eventId}`, MESSAGE_IDS);
