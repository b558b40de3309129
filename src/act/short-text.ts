/**
 * The text in at most so many characters: as many whole sentences of it as fit, else as many words, with an ellipsis. Status is read in a
 * terminal and kept by etcd; who wants all of it is told by `wva explain`.
 */
export function shortText(text: string, most: number): string {
  if (text.length <= most) return text;
  const sentences = /^[^]*[.!?](?= )/.exec(text.slice(0, most + 1))?.[0];
  // a first sentence of a few words and nothing more says less than a cut one
  if (sentences !== undefined && sentences.length >= most / 2) return sentences;
  const space = text.lastIndexOf(' ', most - 1);
  return `${text.slice(0, space > 0 ? space : most - 1)}…`;
}
