import { Redis } from 'ioredis';
import { bad, type Finding, note, ok, type Patient, reason } from './finding.ts';

const OLDEST = [6, 2];

export async function checkRedis({ env }: Patient): Promise<Finding[]> {
  if (!env.REDIS_URL) return [note('REDIS_URL is not set: the queue lives in PostgreSQL')];
  const redis = new Redis(env.REDIS_URL, {
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let last: unknown;
  redis.on('error', (error) => {
    last = error;
  });
  try {
    await redis.connect();
    const info = `${await redis.info('server')}\n${await redis.info('memory')}`;
    const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();
    return [checkVersion(field('redis_version')), checkPolicy(field('maxmemory_policy'))];
  } catch (error) {
    const todo = 'Is REDIS_URL right and the server running? Without REDIS_URL the queue lives in PostgreSQL.';
    return [bad(`Redis cannot be used: ${reason(last ?? error)}`, todo)];
  } finally {
    redis.disconnect();
  }
}

function checkVersion(version = '0'): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const recent = major > OLDEST[0]! || (major === OLDEST[0] && minor >= OLDEST[1]!);
  return recent
    ? ok(`Redis ${version} answers`)
    : bad(`Redis ${version} is too old`, 'BullMQ needs Redis 6.2 or newer.');
}

function checkPolicy(policy: string | undefined): Finding {
  if (policy === 'noeviction') return ok('maxmemory-policy is noeviction');
  return bad(
    `maxmemory-policy is ${policy ?? 'not known'}: Redis may throw jobs away`,
    'Set `maxmemory-policy noeviction` in redis.conf, or `redis-cli config set maxmemory-policy noeviction`.',
  );
}
