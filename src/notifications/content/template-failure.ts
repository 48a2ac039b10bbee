/** A template cannot be used. Says which file, and why. */
export class TemplateFailure extends Error {
  override readonly name = 'TemplateFailure';
}
