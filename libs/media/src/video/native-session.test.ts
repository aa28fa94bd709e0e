import { expect, it } from 'vitest';
import { NativeSession } from './native-session.js';

it('starts no program for a session that is closed', async () => {
  const programs = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe' };
  const session = await NativeSession.open({ type: 'bytes', bytes: new Uint8Array(1) }, programs);
  await session.close();
  await expect(session.probe([])).rejects.toMatchObject({ code: 'closed' });
});
