import type { PackedTimeline } from '../packed-timeline.ts';
import type { ReportData } from '../report-data.ts';
import { byId } from './dom.ts';

/** All that this file recorded, time lines apart. */
export function recorded(): ReportData {
  return JSON.parse(byId('data').textContent) as ReportData;
}

const unpacked = new Map<number, Promise<PackedTimeline>>();

/** A time line, read when it is first looked at. */
export async function timelineAt(place: number): Promise<PackedTimeline> {
  const known = unpacked.get(place);
  if (known !== undefined) return await known;
  const reading = unpack(byId(`timeline-${place}`).textContent);
  unpacked.set(place, reading);
  return await reading;
}

async function unpack(base64: string): Promise<PackedTimeline> {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(stream).json()) as PackedTimeline;
}
