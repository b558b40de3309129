import { describe, expect, test } from 'vitest';
import { arimaForecast, constantForecast, kalmanForecast } from './forecasts.ts';
import type { Forecast } from './forecasts.ts';

function fed(forecast: Forecast, values: readonly number[]): number {
  for (const value of values) forecast.add(value);
  return forecast.next();
}

const settings = { level: 1, trend: 0.1, noise: 10 };

describe('forecasts', () => {
  test.each([['constant', constantForecast], ['arima', arimaForecast], ['kalman', () => kalmanForecast(settings)]] as const)('%s: nothing before the first load, and no number counts as none', (_name, create) => {
    expect(fed(create(), [])).toBe(0);
    expect(fed(create(), [0, Number.NaN, 0])).toBe(0);
    expect(fed(create(), [0, 0, 7])).toBe(7);
  });

  test('constant: as the last', () => {
    expect(fed(constantForecast(), [5, 9, 3])).toBe(3);
  });

  test('Kalman: two intervals by hand', () => {
    // after 100: P = 1000 I; predicted P00 = 2001, P10 = 1000; gains 2001/2011 and 1000/2011 of 20
    const forecast = kalmanForecast(settings);
    forecast.add(100);
    expect(forecast.next()).toBe(100);
    forecast.add(120);
    expect(forecast.next()).toBeCloseTo(100 + (20 * 2001) / 2011 + (20 * 1000) / 2011, 9);
    expect(forecast.next()).toBeCloseTo(129.845, 2);
  });

  test('Kalman: a straight line goes on', () => {
    expect(fed(kalmanForecast(settings), Array.from({ length: 40 }, (_, index) => 100 + 10 * index))).toBeCloseTo(500, 0);
  });

  test('ARIMA: as the last with few intervals, and the same for ever', () => {
    expect(fed(arimaForecast(), [5, 9, 3, 8])).toBe(8);
    expect(fed(arimaForecast(), [6, 6, 6, 6, 6, 6])).toBe(6);
  });

  test('ARIMA: steps that shrink by half are foreseen', () => {
    // y steps 64, 32, 16, ... : an autoregression of 0.5 on the steps
    const values = [0, 64, 96, 112, 120, 124, 126, 127, 127.5, 127.75].map((value) => value + 100);
    const next = fed(arimaForecast(), values);
    expect(next).toBeCloseTo(227.875, 2);
  });

  test('ARIMA: one that swings around a mean is pulled back to it', () => {
    const swings = [10, 20, 10, 20, 10, 20, 10, 20, 10, 20, 10, 21];
    expect(fed(arimaForecast(), swings)).toBeLessThan(15);
  });

  test('ARIMA: never below none', () => {
    expect(fed(arimaForecast(), [100, 80, 60, 40, 20, 8, 3, 1, 0, 0])).toBeGreaterThanOrEqual(0);
  });
});
