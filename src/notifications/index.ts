export { MESSAGE_KINDS, MESSAGE_STATUSES, type MessageKind, type MessageStatus } from './kinds.ts';
export { type CheckMail, checkMailFolder, checkMailServer } from './mail/mail-health.ts';
export type { Mailer } from './mail/port.ts';
export { type SendMessagesDeps, notifyCustomers } from './notify-customers.ts';
export { type MessageCounts, type MessageView, type Messages, openMessages } from './outbox/list.ts';
export { type MessageLag, messageLag } from './lag.ts';
export { type Outbox, openOutbox } from './outbox/outbox.ts';
export { type Devices, openDevices } from './push/devices.ts';
export { createHttpNotifier, createLocalNotifier } from './push/http.ts';
