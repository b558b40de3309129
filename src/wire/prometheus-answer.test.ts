import { describe, expect, it } from 'vitest';
import { readPrometheusAnswer } from './prometheus-answer.ts';

const success = (resultType: string, result: unknown, rest: object = {}): unknown => ({ status: 'success', data: { resultType, result }, ...rest });

describe('what Prometheus answers', () => {
  it('reads vectors, matrices and scalars, with times in milliseconds and what is no number as it is', () => {
    expect(readPrometheusAnswer(success('vector', [{ metric: { __name__: 'a' }, value: [1.5, '2'] }]))).toEqual({
      kind: 'answer',
      answer: { resultType: 'vector', series: [{ metric: { __name__: 'a' }, points: [{ atMs: 1500, value: 2 }] }], warnings: [] },
    });
    expect(readPrometheusAnswer(success('matrix', [{ metric: {}, values: [[1, '+Inf'], [2.0004, 'NaN'], [3, '-Inf'], [4, '1e-3']] }]))).toMatchObject({
      answer: { series: [{ points: [{ atMs: 1000, value: Infinity }, { atMs: 2000, value: NaN }, { value: -Infinity }, { value: 0.001 }] }] },
    });
    expect(readPrometheusAnswer(success('scalar', [1, '5']))).toMatchObject({ answer: { series: [{ metric: {}, points: [{ value: 5 }] }] } });
  });

  it('passes on warnings and errors', () => {
    expect(readPrometheusAnswer(success('vector', [], { warnings: ['a store is gone', 7] }))).toMatchObject({ answer: { warnings: ['a store is gone'] } });
    expect(readPrometheusAnswer({ status: 'error', errorType: 'bad_data', error: 'parse error' })).toEqual({ kind: 'error', errorType: 'bad_data', error: 'parse error' });
    expect(readPrometheusAnswer({ status: 'error' })).toEqual({ kind: 'error', errorType: 'unknown', error: 'no reason was given' });
  });

  it.each([
    [null, 'an object'],
    [[], 'an object'],
    ['ok', 'an object'],
    [{}, '"status" to be "success" or "error"'],
    [{ status: 'success' }, '"data" to be an object'],
    [success('string', [1, 'x']), '"resultType" to be "vector", "matrix" or "scalar"'],
    [success('vector', {}), '"result" to be a list'],
    [success('vector', [{ metric: {} }]), 'series 0 of the result to have a value'],
    [success('vector', [{ value: [1, '1'] }]), 'series 0 of the result to have labels'],
    [success('vector', [{ metric: { a: 1 }, value: [1, '1'] }]), 'series 0 of the result to have a text as label a'],
    [success('vector', [{ metric: {}, value: [1, 1] }]), 'series 0 of the result to have pairs of a time and a text as values'],
    [success('vector', [{ metric: {}, value: ['1', '1'] }]), 'series 0 of the result to have pairs of a time and a text as values'],
    [success('vector', [{ metric: {}, value: [1, 'many'] }]), 'series 0 of the result to have pairs of a time and a text as values'],
    [success('vector', [{ metric: {}, value: [1, ''] }]), 'series 0 of the result to have pairs of a time and a text as values'],
    [success('matrix', [{ metric: {}, values: 'x' }]), 'series 0 of the result to have a list of values'],
    [success('matrix', [{ metric: {} }]), 'series 0 of the result to have values'],
    [success('scalar', 1), 'a scalar to be a pair of a time and a text'],
  ])('does not take %j for an answer', (body, expected) => {
    expect(readPrometheusAnswer(body)).toEqual({ kind: 'malformed', expected });
  });
});
