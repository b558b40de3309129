import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days, isTimeZone, localMinuteOfWeek, offsetMs, overlapIn } from '../base/index.ts';
import { scheduledNow, scheduleInWords, type ScheduledBounds } from './index.ts';

const at = (text: string): number => Date.parse(text);
const entry = (written: Partial<ScheduledBounds>): ScheduledBounds => ({ days, fromMinute: 480, toMinute: 1080, timeZone: 'Europe/Berlin', minReplicas: 2, ...written });
const holds = (written: Partial<ScheduledBounds>, when: string): boolean => scheduledNow([entry(written)], at(when)) !== undefined;

describe('local time', () => {
  it.each([
    ['UTC', '2026-03-02T00:00:00Z', 0],
    ['UTC', '1970-01-01T00:00:00Z', 3 * 1440],
    ['UTC', '1969-12-28T23:59:59Z', 7 * 1440 - 1],
    ['Europe/Berlin', '2026-03-01T22:59:00Z', 7 * 1440 - 1],
    ['Europe/Berlin', '2026-03-01T23:00:00Z', 0],
    ['Asia/Kathmandu', '2026-03-02T00:00:00Z', 345],
    ['America/New_York', '2026-03-02T00:00:00Z', 7 * 1440 - 300],
    ['Pacific/Chatham', '2026-06-01T00:00:00Z', 765],
  ])('in %s at %s', (timeZone, when, minute) => {
    expect(localMinuteOfWeek(timeZone, at(when))).toBe(minute);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 1, 2],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 2, 1],
    ['America/New_York', '2026-03-08T07:00:00Z', -5, -4],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', 11, 10.5],
  ])('changes its offset in %s at %s, to the second', (timeZone, when, before, after) => {
    expect([offsetMs(timeZone, at(when) - 1000), offsetMs(timeZone, at(when)), offsetMs(timeZone, at(when) - 1000)].map((ms) => ms / 3_600_000)).toEqual([before, after, before]);
  });

  it('knows zones by their names', () => {
    expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', '', 'Europe/'].map(isTimeZone)).toEqual([true, true, false, false, false]);
  });
});

describe('an entry of a schedule', () => {
  it.each<[string, Partial<ScheduledBounds>, string, boolean]>([
    ['begins with its minute', {}, '2026-01-05T07:00:00Z', true],
    ['has not begun a second before', {}, '2026-01-05T06:59:59Z', false],
    ['ends before its last', {}, '2026-01-05T17:00:00Z', false],
    ['holds until then', {}, '2026-01-05T16:59:59Z', true],
    ['keeps to the clock on the wall in summer', {}, '2026-07-06T06:00:00Z', true],
    ['keeps to its days', { days: ['Tue'] }, '2026-01-05T07:00:00Z', false],
    ['goes past midnight with the day on which it began', { days: ['Sun'], fromMinute: 1320, toMinute: 360 }, '2026-01-05T04:59:00Z', true],
    ['does not begin the day after', { days: ['Sun'], fromMinute: 1320, toMinute: 360 }, '2026-01-05T21:30:00Z', false],
    ['lasts until the end of the day', { fromMinute: 0, toMinute: 1440 }, '2026-01-05T22:59:59Z', true],
    ['that would begin in the hour that is left out begins after it', { days: ['Sun'], fromMinute: 150, toMinute: 240 }, '2026-03-29T01:00:00Z', true],
    ['has not begun before that hour', { days: ['Sun'], fromMinute: 150, toMinute: 240 }, '2026-03-29T00:59:00Z', false],
    ['in the hour that comes twice holds the first time', { days: ['Sun'], fromMinute: 120, toMinute: 150 }, '2026-10-25T00:15:00Z', true],
    ['ends for a while', { days: ['Sun'], fromMinute: 120, toMinute: 150 }, '2026-10-25T00:45:00Z', false],
    ['and holds the second time', { days: ['Sun'], fromMinute: 120, toMinute: 150 }, '2026-10-25T01:15:00Z', true],
  ])('%s', (_, written, when, expected) => {
    expect(holds(written, when)).toBe(expected);
  });

  it('is told with its name and its hours', () => {
    expect(scheduleInWords(entry({ name: 'office hours', days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'] }))).toBe('office hours (Mon-Fri 08:00-18:00 Europe/Berlin)');
    expect(scheduleInWords(entry({ days: ['Sat', 'Mon'], toMinute: 1440 }))).toBe('Mon,Sat 08:00-24:00 Europe/Berlin');
    expect(scheduleInWords(entry({}))).toBe('daily 08:00-18:00 Europe/Berlin');
  });
});

describe('two entries', () => {
  it.each<[string, Partial<ScheduledBounds>, Partial<ScheduledBounds>, boolean]>([
    ['on the same hours', {}, {}, true],
    ['one after the other', {}, { fromMinute: 1080, toMinute: 480 }, false],
    ['a minute too early', {}, { fromMinute: 1079, toMinute: 480 }, true],
    ['on other days', { days: ['Mon'] }, { days: ['Tue'] }, false],
    ['from Sunday into Monday', { days: ['Sun'], fromMinute: 1320, toMinute: 360 }, { days: ['Mon'], fromMinute: 300, toMinute: 400 }, true],
    ['in two zones, together', {}, { timeZone: 'America/New_York' }, true],
    ['in two zones, apart', { fromMinute: 480, toMinute: 600 }, { timeZone: 'America/New_York', fromMinute: 300, toMinute: 400 }, false],
    ['in two zones, together while only one has summer time', { fromMinute: 480, toMinute: 720 }, { timeZone: 'America/New_York', fromMinute: 390, toMinute: 400 }, true],
    ['in two zones, never that way', { fromMinute: 480, toMinute: 660 }, { timeZone: 'America/New_York', fromMinute: 400, toMinute: 410 }, false],
  ])('%s', (_, a, b, expected) => {
    expect(overlapIn([entry(a), entry(b)]) !== undefined).toBe(expected);
    expect(overlapIn([entry(b), entry(a)]) !== undefined).toBe(expected);
  });

  it('of one zone overlap if there is a minute of the week at which both hold', () => {
    const written = fc.record({ days: fc.subarray([...days], { minLength: 1 }), fromMinute: fc.integer({ min: 0, max: 47 }).map((half) => half * 30), toMinute: fc.integer({ min: 1, max: 48 }).map((half) => half * 30), timeZone: fc.constant('UTC') });
    fc.assert(
      fc.property(written, written, (a, b) => {
        const halves = Array.from({ length: 336 }, (_, half) => at('2026-01-05T00:00:00Z') + half * 1_800_000);
        const both = halves.some((ms) => scheduledNow([a], ms) !== undefined && scheduledNow([b], ms) !== undefined);
        expect(overlapIn([a, b]) !== undefined).toBe(both);
      }),
    );
  });
});
