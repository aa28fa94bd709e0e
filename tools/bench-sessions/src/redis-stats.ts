import { once } from 'node:events';
import { connect } from 'node:net';

/** What Redis has done since it was started. */
export interface RedisStats {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

/** Asks a Redis of this machine for its own figures. */
export async function redisStats(url: string): Promise<RedisStats> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (data) => (text += data.toString()));
  socket.write('INFO\r\nQUIT\r\n');
  await once(socket, 'close');
  const number = (name: string) => Number(new RegExp(`\\b${name}:([\\d.]+)`).exec(text)?.[1] ?? Number.NaN);
  return {
    bytesIn: number('total_net_input_bytes'),
    bytesOut: number('total_net_output_bytes'),
    cpuSeconds: number('used_cpu_user') + number('used_cpu_sys'),
    memoryBytes: number('used_memory'),
  };
}

/** What lies between two looks, for each of so many tokens. */
export function perToken(before: RedisStats, after: RedisStats, tokens: number): Record<string, number> {
  return {
    bytesToRedisPerToken: (after.bytesIn - before.bytesIn) / tokens,
    bytesFromRedisPerToken: (after.bytesOut - before.bytesOut) / tokens,
    redisCpuMicrosecondsPerToken: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / tokens,
  };
}
