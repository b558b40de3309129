import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Refusal, refusals } from '../external-metrics/status.ts';
import type { DecisionSource } from './decision-source.ts';

interface DecisionParts {
  readonly decisions: DecisionSource;
  leading(): boolean;
  refuse(reply: FastifyReply, refusal: Refusal): FastifyReply;
}

/** Whoever follows decides nothing; what it knows is from when it led. */
const notLeading = 'This instance does not lead, so it decides nothing now: what is here is from when it led. The leader is the holder of the Lease of the controller.';
const notYet = 'Nothing has been decided yet.';

/** `/debug/decisions`: what was decided lately, and everything about the last decision of one variant. */
export function addDecisions(app: FastifyInstance, parts: DecisionParts): void {
  const { decisions } = parts;
  function head(): object {
    const lastMs = decisions.lastMs();
    const note = parts.leading() ? (lastMs === undefined ? notYet : undefined) : notLeading;
    return { leading: parts.leading(), ...(note !== undefined && { note }), ...(lastMs !== undefined && { at: new Date(lastMs).toISOString() }) };
  }

  app.get<{ Querystring: { last?: string } }>('/debug/decisions', (request, reply) => {
    const { last } = request.query;
    if (last !== undefined && !/^\d{1,3}$/.test(last)) return parts.refuse(reply, refusals.badRequest(`last is ${JSON.stringify(last)}, and must be a whole number up to 999: how many decisions of each variant.`));
    const most = last === undefined ? undefined : Number(last);
    const variants = decisions.variants().map((variant) => ({ variant, decisions: decisions.decisions(variant).slice(0, most) }));
    return send(reply, { ...head(), variants });
  });

  app.get<{ Params: { namespace: string; name: string } }>('/debug/decisions/:namespace/:name', (request, reply) => {
    const { namespace, name } = request.params;
    const account = decisions.account(`${namespace}/${name}`);
    if (account) return send(reply, { ...head(), ...account });
    const why = parts.leading() ? 'the last cycle decided nothing about a VariantAutoscaling of that name that can be used' : notLeading;
    return parts.refuse(reply, { ...refusals.notFound(), message: `nothing is known of variant ${namespace}/${name}: ${why}` });
  });
}

function send(reply: FastifyReply, body: object): FastifyReply {
  return reply.header('content-type', 'application/json').header('cache-control', 'no-store').send(Buffer.from(`${JSON.stringify(body)}\n`));
}
