import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sampler, type SampleInput } from './sampler.js';
import { neutralSampling, type SamplingSettings } from './settings.js';
import { TokenHistory } from './token-history.js';

const input = (settings: Partial<SamplingSettings> = {}, more: Partial<SampleInput> = {}): SampleInput => ({
  settings: { ...neutralSampling, ...settings },
  history: new TokenHistory([]),
  seed: 1,
  position: 0,
  ...more,
});

describe('the sampler', () => {
  it('is greedy at temperature 0, the lower id on a tie', () => {
    const sampler = new Sampler(4);
    expect(sampler.sample(Float32Array.of(1, 3, 3, 2), input({ temperature: 0 })).id).toBe(1);
  });

  it('draws in proportion to the probabilities', () => {
    const probabilities = [0.1, 0.2, 0.3, 0.4];
    const logits = Float32Array.from(probabilities, Math.log);
    const sampler = new Sampler(4);
    const counts = [0, 0, 0, 0];
    for (let position = 0; position < 4000; position++)
      counts[sampler.sample(logits, input({}, { position })).id]! += 1;
    for (const [id, count] of counts.entries())
      expect(Math.abs(count / 4000 - probabilities[id]!)).toBeLessThan(0.03);
  });

  it('chooses the same token again for the same seed and position', () => {
    const logits = Float32Array.from({ length: 100 }, (_, id) => Math.sin(id));
    const first = new Sampler(100).sample(logits, input({ topK: 40 }, { seed: 9, position: 3 }));
    expect(new Sampler(100).sample(logits, input({ topK: 40 }, { seed: 9, position: 3 }))).toEqual(first);
  });

  it('never chooses a token outside the mask, and reports logprobs without it', () => {
    const logits = Float32Array.from({ length: 70 }, (_, id) => id / 10);
    const allow = new Uint32Array(3);
    allow[1] = 1 << 5; // token 37 alone
    const sample = new Sampler(70).sample(logits, input({ temperature: 0.5 }, { allow, topLogprobs: 2 }));
    expect(sample.id).toBe(37);
    expect(sample.logprob?.top.map(({ id }) => id)).toEqual([69, 68]);
    expect(sample.logprob?.logprob).toBeLessThan(sample.logprob?.top[1]?.logprob ?? 0);
  });

  it('reports logprobs under the raw distribution', () => {
    const logits = Float32Array.of(0, Math.log(3));
    const sample = new Sampler(2).sample(
      logits,
      input({ temperature: 0, logitBias: [[0, 50]] }, { topLogprobs: 1 }),
    );
    expect(sample.id).toBe(0);
    expect(sample.logprob?.logprob).toBeCloseTo(Math.log(0.25), 6);
    expect(sample.logprob?.top[0]?.logprob).toBeCloseTo(Math.log(0.75), 6);
    expect([...logits]).toEqual([0, Math.fround(Math.log(3))]);
  });

  it('fails clearly when there is nothing to choose from', () => {
    const sampler = new Sampler(3);
    const nan = new Float32Array(3).fill(NaN);
    expect(() => sampler.sample(nan, input())).toThrow(
      expect.objectContaining({ code: 'checkpoint-corrupt' }),
    );
    const masked = input({}, { allow: new Uint32Array(1) });
    expect(() => sampler.sample(new Float32Array(3), masked)).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });
});

/** The definition, by sorting everything. */
function bruteForce(logits: Float32Array, { temperature, topK, topP, minP }: SamplingSettings): number[] {
  let kept = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b);
  if (topK > 0) kept = kept.slice(0, topK);
  const weight = (id: number): number => Math.exp((logits[id]! - Math.max(...logits)) / temperature);
  const total = kept.reduce((sum, id) => sum + weight(id), 0);
  let before = 0;
  return kept.filter((id, rank) => {
    // The running sum may round to the total before the last of them.
    const inside = (rank === 0 || topP === 1 || before < topP * total) && weight(id) >= minP;
    before += weight(id);
    return inside;
  });
}

it('keeps what top-k, top-p and min-p keep by definition', () => {
  const settings = fc.record({
    temperature: fc.constantFrom(0.3, 1, 2),
    topK: fc.nat(30),
    topP: fc.constantFrom(0.1013, 0.4987, 0.9319, 1),
    minP: fc.constantFrom(0, 0.05, 0.6, 1),
  });
  const logits = fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(settings, logits, (options, values) => {
      const row = Float32Array.from(values, (value, id) => value / 50 + Math.sin(id) / 1000);
      const kept = new Sampler(row.length).distribution(row, input(options)).ids;
      const expected = bruteForce(row, { ...neutralSampling, ...options });
      expect([...kept].sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
    }),
    // The first token's weight is all of the total that a 64-bit number can tell.
    { examples: [[{ temperature: 0.3, topK: 2, topP: 1, minP: 0 }, [-260, 292]]] },
  );
});
