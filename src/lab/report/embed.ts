/** Text for the inside of an element. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** JSON for the inside of a `<script>`: nothing in it can end the element or begin a comment. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`).replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`);
}

/** A script for the inside of a `<script>`. In strings and expressions `<\/script` means the same and does not end the element. */
export function embedScript(source: string): string {
  return source.replaceAll(/<(\/script|!--)/gi, String.raw`\x3c$1`);
}
