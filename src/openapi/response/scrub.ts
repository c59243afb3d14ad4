/** Takes secrets out of a text. */
export type Scrub = (text: string) => string;

// Shorter ones are no secrets, and would take ordinary words apart.
const MIN_LENGTH = 4;

/**
 * Makes the function that takes these secrets, as they are and percent-encoded, out of a text.
 *
 * @param secrets - Keys, tokens, passwords, signatures.
 */
export function scrubber(secrets: readonly string[]): Scrub {
  const forms = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((form) => form.length >= MIN_LENGTH)
    // The longest first: one may be a part of another.
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((clean, form) => clean.replaceAll(form, "[hidden]"), text);
}
