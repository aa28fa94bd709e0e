import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goldenJson, goldenTensors, maxDifference } from '../testing/golden-files.js';
import { applyPenalties } from './penalties.js';
import { Sampler } from './sampler.js';
import { neutralSampling, type SamplingSettings } from './settings.js';
import { TokenHistory } from './token-history.js';

const { cases } = goldenJson(
  'sampling/cases.json',
  z.object({
    cases: z.array(
      z.object({
        i: z.int(),
        repetition_penalty: z.number(),
        presence_penalty: z.number(),
        frequency_penalty: z.number(),
        temperature: z.number(),
        top_k: z.int(),
        top_p: z.number(),
        previous_ids: z.array(z.int()),
        prompt_length: z.int(),
        kept: z.array(z.int()),
      }),
    ),
  }),
);
const tensor = goldenTensors('sampling/tensors.safetensors');

describe('logits processing equals the reference', () => {
  it.each(cases)('case $i', (golden) => {
    const settings: SamplingSettings = {
      ...neutralSampling,
      temperature: golden.temperature,
      topK: golden.top_k,
      topP: golden.top_p,
      repetitionPenalty: golden.repetition_penalty,
      presencePenalty: golden.presence_penalty,
      frequencyPenalty: golden.frequency_penalty,
    };
    const history = new TokenHistory(golden.previous_ids.slice(0, golden.prompt_length));
    for (const id of golden.previous_ids.slice(golden.prompt_length)) history.add(id);
    const logits = Float32Array.from(tensor(`${golden.i}.logits`).numbers());

    const penalised = logits.slice();
    applyPenalties(penalised, settings, history);
    expect(maxDifference(penalised, tensor(`${golden.i}.after_penalties`).numbers())).toBeLessThan(1e-5);

    const { ids, probabilities } = new Sampler(logits.length).distribution(logits, {
      settings,
      history,
      seed: 0,
      position: 0,
    });
    expect([...ids].sort((a, b) => a - b)).toEqual(golden.kept);
    const dense = new Float32Array(logits.length);
    ids.forEach((id, rank) => (dense[id] = probabilities[rank]!));
    expect(maxDifference(dense, tensor(`${golden.i}.probs`).numbers())).toBeLessThan(1e-5);
  });
});
