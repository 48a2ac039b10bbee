export type MailAddress = { readonly name: string | null; readonly address: string };

export type Attachment = { readonly file_name: string; readonly content_type: string; readonly bytes: Uint8Array };

export type Mail = {
  /** UUID. Decides the Message-ID: a reader's mail program shows the same mail once. */
  readonly id: string;
  /** What belongs together has the same, e.g. the order's id. */
  readonly thread: string;
  readonly to: MailAddress;
  /** ISO 8601. */
  readonly at: string;
  readonly language: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachment: Attachment | null;
};

/** Where mail goes from here. */
export type Mailer = {
  /** Handing over a mail again leaves one, not two. */
  readonly repeatable: boolean;
  /**
   * @throws MailRejected when it will never be accepted, MailServerAway when nothing can be sent now, any other error when
   * this mail may be accepted later
   */
  readonly send: (mail: Mail) => Promise<'sent' | 'written'>;
  /** Ends what is kept open between mails; the next mail opens it again. */
  readonly close: () => void;
};

/** This mail is not accepted, and will not be. */
export class MailRejected extends Error {
  override readonly name = 'MailRejected';
}

/** The mail server cannot be reached, does not answer or rejects the login: trying the next mail is of no use. */
export class MailServerAway extends Error {
  override readonly name = 'MailServerAway';
}
