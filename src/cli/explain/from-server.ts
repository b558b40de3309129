import { readFile } from 'node:fs/promises';
import { errorText } from '../../base/index.ts';
import type { VariantAccount } from '../../model/index.ts';
import { createNodeTransport, readText, TransportError } from '../../runtime/index.ts';
import { BadInput } from '../history/bad-input.ts';
import { accountText } from './account-text.ts';
import type { ExplainFlags, Explanation } from './explanation.ts';

/** The last decision, as a running controller has it. */
export async function fromServer({ namespace, name }: { readonly namespace: string; readonly name: string }, server: string, flags: ExplainFlags): Promise<Explanation> {
  const url = URL.canParse(server) && /^https?:$/.test(new URL(server).protocol) ? `${server.replace(/\/+$/, '')}/debug/decisions/${namespace}/${name}` : undefined;
  if (url === undefined) throw new BadInput([`--server is ${JSON.stringify(server)}, and must be an http or https URL, such as https://localhost:8443.`]);
  const token = await contentOf('--token-file', flags.tokenFile);
  const ca = await contentOf('--ca', flags.ca);
  const transport = createNodeTransport({ ...(token !== undefined && { token: token.trim() }), ...(ca !== undefined && { ca }), insecure: flags.insecure === true });
  try {
    const response = await transport({ method: 'GET', url });
    const text = await readText(response);
    if (response.status === 200) return explanationIn(text, server);
    if (response.status === 404) return { kind: 'unknown', why: sentence(messageIn(text)) };
    throw new BadInput([`${server} answered ${response.status}: ${sentence(messageIn(text))}${advice[response.status] ?? ''}`]);
  } catch (error) {
    if (error instanceof TransportError) throw new BadInput([`${error.message} Without --server, what the status of the resource says is told.`]);
    throw error;
  } finally {
    await transport.close();
  }
}

const advice: Readonly<Record<number, string>> = {
  401: ' --token-file takes what kubectl create token prints.',
  403: ' The role workload-variant-autoscaler-decisions-viewer lets read /debug/decisions.',
};

async function contentOf(flag: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw new BadInput([`The file of ${flag}, ${file}, cannot be read (${errorText(error)}).`]);
  });
}

function explanationIn(text: string, server: string): Explanation {
  let data: Partial<VariantAccount> & { readonly note?: string };
  try {
    data = JSON.parse(text) as typeof data;
  } catch {
    data = {};
  }
  if (data.account === undefined) throw new BadInput([`${server} answered, and not as a controller does: an account of the decision as JSON was expected.`]);
  return { kind: 'known', text: accountText(data as VariantAccount, data.note), data };
}

/** What a refusal says, or the beginning of whatever came instead. */
function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // not ours to explain
  }
  return text.slice(0, 200).trim() || 'nothing was said';
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
