/** What the pictures can be believed for, and what they cannot show. Stands in every report beside the results. */
export const shows: readonly string[] = [
  'How replicas, queues and latencies answer to a load, with the delays of scraping, deciding, the HPA and pods that start, request by request and iteration by iteration.',
  'Differences between policies on the same arrivals, the same start-up times and the same faults: every policy meets the same seed.',
  'What a plan that knows the arrivals would have cost with the same start-up times, as the limit of what deciding better can gain.',
  'The scheduler of the model server as far as recordings of a genuine one hold it (wva lab validate says how far, in numbers).',
];

export const cannotShow: readonly string[] = [
  'Speeds of a GPU beyond the profile: iteration times are a law with a few numbers per model and accelerator. Thermal limits, noisy neighbours, other kernels and other versions of the server are not in it.',
  'Requests as they are: lengths and arrivals are drawn or replayed, clients do not slow down or retry when they wait, and answers do not depend on the text.',
  'The network and the cluster: API server, scheduler and metrics always answer, unless the scenario says what fails. Nodes are always there, image pulls are a distribution.',
  'Policies as programs: each law is written from what its authors publish, at their settings. Their implementations may do more, or less.',
  'Chance beyond the seeds: intervals are about the draws of this scenario, not about another load, model or cluster.',
  'Money beyond the price of a replica hour in the scenario: no discounts, reservations or energy.',
];
