import type { PolicyStage } from '../../stage/policy-stage.ts';

/** `wva_desired_replicas` on its way to those who read it: from the controller's page into Prometheus at the next scrape, and from there at any time. */
export interface PublishedSeries {
  publish(variant: string, desired: number): void;
  /** As Prometheus has it. */
  read(variant: string): number | undefined;
}

/**
 * The controller has run for a while when the load begins, so that the series of what is there is known.
 *
 * @param scrapeMs Between scrapes of the controller; where they fall in the period is chance.
 */
export function publishSeries(stage: PolicyStage, scrapeMs: number): PublishedSeries {
  const page = new Map(stage.variants.map(({ key }) => [key, stage.replicas(key).spec]));
  let scraped: ReadonlyMap<string, number> = new Map(page);
  stage.every(scrapeMs, () => {
    scraped = new Map(page);
  }, stage.random.integer(scrapeMs));
  return {
    publish(variant, desired) {
      page.set(variant, desired);
    },
    read: (variant) => scraped.get(variant),
  };
}
