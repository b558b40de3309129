/** What is known of a variant, for people and for programs; or why nothing is. */
export type Explanation = { readonly kind: 'known'; readonly text: readonly string[]; readonly data: object } | { readonly kind: 'unknown'; readonly why: string };

export interface ExplainFlags {
  readonly record?: readonly string[];
  readonly at?: string;
  readonly server?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly json?: boolean;
}
