import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { MediaError } from '../media-error.js';
import { MediaLoader } from '../media-loader.js';
import type { SampledVideo } from '../pixels.js';
import type { MediaPolicyInput } from '../policy.js';
import { clip, ffmpeg, type ClipOptions } from '../testing/ffmpeg.js';
import { planSeeks } from './seek-plan.js';
import { readVideoInfo } from './video-info.js';

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const native = new MediaLoader({ videoBackend: 'native' });
const wasm = new MediaLoader({ videoBackend: 'wasm' });
afterAll(() => Promise.all([native.close(), wasm.close()]));

describe('both backends', () => {
  it.each<[string, ClipOptions]>([
    ['H.264 in mp4', {}],
    ['H.264 of 10 bits in mkv', { container: 'mkv', encode: ['-c:v', 'libx264', '-pix_fmt', 'yuv420p10le'] }],
    [
      'H.264 with B-frames in a transport stream',
      { container: 'ts', encode: ['-c:v', 'libx264', '-bf', '3'] },
    ],
    [
      'VP9 in webm',
      { container: 'webm', encode: ['-c:v', 'libvpx-vp9', '-b:v', '200k', '-deadline', 'realtime'] },
    ],
    [
      'HEVC in mov',
      {
        container: 'mov',
        encode: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=0'],
      },
    ],
    ['ProRes in mov', { container: 'mov', encode: ['-c:v', 'prores_ks'] }],
    ['MPEG-4 in avi', { container: 'avi', encode: ['-c:v', 'mpeg4'] }],
    ['GIF', { container: 'gif', encode: [] }],
  ])('give the same bits of %s', async (_, options) => {
    const bytes = clip(options);
    const [a, b] = await Promise.all(
      [native, wasm].map((loader) => loader.loadVideo({ type: 'bytes', bytes })),
    );
    expect(a!.frames).toHaveLength(4);
    expect(withoutBackend(a!)).toEqual(withoutBackend(b!));
  });

  it.each([
    ['native', native],
    ['wasm', wasm],
  ])('tell real times apart from index times: %s', async (_, loader) => {
    // 10 frames a second, of which the second second keeps one in five only.
    const bytes = clip({ encode: ['-vf', "select='lt(n,10)+not(mod(n,5))'", '-vsync', 'vfr', ...X264] });
    const video = await loader.loadVideo({ type: 'bytes', bytes }, { numFrames: 12 });
    expect(video.totalFrames).toBe(12);
    expect(video.frameIndices).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(video.timestamps.map((seconds) => seconds.toFixed(2))).toEqual(
      [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.5].map((seconds) => seconds.toFixed(2)),
    );
  });

  it.each([
    ['native', native],
    ['wasm', wasm],
  ])('begin at 0 where the file does not, and leave out what an edit list cuts: %s', async (_, loader) => {
    const late = clip({ container: 'ts', encode: [...X264, '-output_ts_offset', '100'] });
    expect((await loader.loadVideo({ type: 'bytes', bytes: late })).timestamps[0]).toBe(0);
    const cut = ffmpeg(['-ss', '0.55', '-i', 'in.mp4', '-c', 'copy'], 'cut.mp4', { 'in.mp4': clip() });
    const video = await loader.loadVideo({ type: 'bytes', bytes: cut });
    expect(video.totalFrames).toBe(14);
    expect(video.timestamps[0]).toBe(0);
  });
});

describe('seeking', () => {
  const long = clip({ seconds: 120, rate: 10, size: '64x48', encode: [...X264, '-g', '50', '-bf', '2'] });

  it.each([
    ['native', native],
    ['wasm', wasm],
  ])('gives the frames that decoding everything gives: %s', async (_, loader) => {
    const few = await loader.loadVideo({ type: 'bytes', bytes: long }, { numFrames: 5 });
    const all = await native.loadVideo({ type: 'bytes', bytes: long }, { numFrames: 300 });
    expect(few.frameIndices).toEqual([0, 300, 600, 899, 1199]);
    expect(few.timestamps.map((seconds) => seconds.toFixed(1))).toEqual([
      '0.0',
      '30.0',
      '60.0',
      '89.9',
      '119.9',
    ]);
    for (const [i, index] of few.frameIndices.entries()) {
      const same = all.frameIndices.indexOf(index);
      if (same >= 0) expect(few.frames[i]?.data).toEqual(all.frames[same]?.data);
    }
  });

  it('is planned for few frames of a long video, and not for many or of a short one', () => {
    const packets = Array.from({ length: 3000 }, (_, i) => ({ pts: i, isKey: i % 60 === 0 }));
    const info = { ...readVideoInfo(report), packets };
    expect(planSeeks(info, [0, 1000, 2000, 2999])?.map(({ seekTo, frames }) => [seekTo, frames])).toEqual([
      [0, 1],
      [960, 1],
      [1980, 1],
      [2940, 1],
    ]);
    expect(
      planSeeks(
        info,
        Array.from({ length: 300 }, (_, i) => i * 10),
      ),
    ).toBeUndefined();
    expect(planSeeks({ ...info, packets: packets.slice(0, 100) }, [0, 50, 99])).toBeUndefined();
  });
});

const report = JSON.stringify({
  streams: [{ codec_name: 'h264', width: 64, height: 48, avg_frame_rate: '10/1', time_base: '1/1' }],
  packets: [{ pts: 0, flags: 'K_' }],
  format: {},
});

describe('a video', () => {
  it('reports its progress', async () => {
    const seen: number[] = [];
    await wasm.loadVideo(
      { type: 'bytes', bytes: clip() },
      { onProgress: ({ decodedFrames }) => seen.push(decodedFrames) },
    );
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('is scaled down where its frames would hold too many pixels together', async () => {
    const small = new MediaLoader({ maxVideoPixels: 4 * 48 * 32, videoBackend: 'native' });
    const video = await small.loadVideo({ type: 'bytes', bytes: clip() });
    expect(video).toMatchObject({ scaledDown: true, frames: [{ width: 48, height: 32 }, {}, {}, {}] });
    await small.close();
  });

  it.each(['native', 'wasm'] as const)('is read in place from a local file: %s', async (videoBackend) => {
    const folder = mkdtempSync(join(tmpdir(), 'qwenvl-media-local-'));
    const bytes = clip();
    writeFileSync(join(folder, 'clip.mp4'), bytes);
    const loader = new MediaLoader({ videoBackend, localRoots: [folder], maxVideoBytes: 1000 });
    const local = await loader.loadVideo('clip.mp4');
    expect(withoutBackend(local)).toEqual(withoutBackend(await native.loadVideo({ type: 'bytes', bytes })));
    expect(await codeOf(loader.loadVideo({ type: 'bytes', bytes }))).toBe('too-large');
    await loader.close();
    rmSync(folder, { recursive: true });
  });

  it.each<[string, MediaPolicyInput, string]>([
    ['longer than allowed', { maxDurationSeconds: 1 }, 'too-large'],
    ['with more frames than are looked at', { maxSourceFrames: 10 }, 'too-large'],
    ['with larger frames than allowed', { maxFramePixels: 1000 }, 'too-large'],
    ['that takes too long', { videoTimeoutMs: 1 }, 'timeout'],
    [
      'without a decoder for it',
      { videoBackend: 'native', ffmpegPath: '/nonexistent/ffmpeg' },
      'video-unavailable',
    ],
  ])('%s is refused', async (_, policy, code) => {
    const loader = new MediaLoader({ videoBackend: 'wasm', ...policy });
    expect(await codeOf(loader.loadVideo({ type: 'bytes', bytes: clip() }))).toBe(code);
    await loader.close();
  });

  it('falls back to WebAssembly where no ffmpeg is installed', async () => {
    const loader = new MediaLoader({ ffmpegPath: '/nonexistent/ffmpeg' });
    expect((await loader.loadVideo({ type: 'bytes', bytes: clip() })).decodedBy).toBe('wasm');
    await loader.close();
  });
});

describe('an aborted video', () => {
  const long = clip({ seconds: 60, rate: 30, size: '320x240' });

  it.each(['native', 'wasm'] as const)(
    'ends at once, and the next one is served: %s',
    async (videoBackend) => {
      const scratch = mkdtempSync(join(tmpdir(), 'qwenvl-media-scratch-'));
      vi.stubEnv('TMPDIR', scratch);
      const loader = new MediaLoader({ videoBackend, videoJobs: 1 });
      const controller = new AbortController();
      let loading: Promise<SampledVideo> | undefined;
      await new Promise<void>((started) => {
        const onProgress = (): void => {
          started();
        };
        const options = { numFrames: 700, signal: controller.signal, onProgress };
        loading = loader.loadVideo({ type: 'bytes', bytes: long }, options);
      });
      const waiting = loader.loadVideo({ type: 'bytes', bytes: clip() });
      controller.abort(new Error('enough'));
      const start = performance.now();
      await expect(loading).rejects.toThrow('enough');
      expect(performance.now() - start).toBeLessThan(5000);
      await expect(waiting).resolves.toMatchObject({ totalFrames: 20 });
      await loader.close();
      vi.unstubAllEnvs();
      expect(readdirSync(scratch).filter((name) => name.startsWith('qwenvl-media-'))).toEqual([]);
      rmSync(scratch, { recursive: true });
    },
  );

  it('that waits for its turn leaves the queue', async () => {
    const loader = new MediaLoader({ videoJobs: 1, maxWaitingJobs: 1 });
    const controller = new AbortController();
    const bytes = clip();
    const first = loader.loadVideo({ type: 'bytes', bytes });
    const second = loader.loadVideo({ type: 'bytes', bytes }, { signal: controller.signal });
    const third = codeOf(loader.loadVideo({ type: 'bytes', bytes }));
    expect(await third).toBe('overloaded');
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    await expect(first).resolves.toMatchObject({ totalFrames: 20 });
    await loader.close();
    expect(await codeOf(loader.loadVideo({ type: 'bytes', bytes }))).toBe('closed');
  });
});

function withoutBackend(video: SampledVideo): object {
  return { ...video, decodedBy: undefined };
}

async function codeOf(loading: Promise<unknown>): Promise<string> {
  try {
    await loading;
    return 'none';
  } catch (error) {
    if (MediaError.isInstance(error)) return error.code;
    throw error;
  }
}
