import { join, resolve } from 'node:path';
import { loadConfig } from './app-config.js';

const storage = (variables: NodeJS.ProcessEnv) => loadConfig({ NODE_ENV: 'test', ...variables }).storage;

describe('where objects are kept', () => {
  it('is a folder below DATA_DIR, or the one that is named', () => {
    expect(storage({ DATA_DIR: 'somewhere' })).toEqual({
      kind: 'local',
      directory: resolve('somewhere', 'storage'),
    });
    expect(storage({ STORAGE_DIR: 'uploads' })).toEqual({ kind: 'local', directory: resolve('uploads') });
    expect(storage({ STORAGE_DIR: join('/', 'srv', 'files') })).toMatchObject({ directory: '/srv/files' });
  });

  it('is a bucket with STORAGE=s3', () => {
    const variables = {
      STORAGE: 's3',
      S3_ENDPOINT: 'http://store:9000/',
      S3_BUCKET: 'files',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'secret',
      S3_FORCE_PATH_STYLE: 'true',
    };
    expect(storage(variables)).toEqual({
      kind: 's3',
      endpoint: 'http://store:9000',
      region: 'us-east-1',
      bucket: 'files',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      forcePathStyle: true,
      presignedDownloads: false,
    });
  });

  it('may leave endpoint and credentials to the machine', () => {
    expect(storage({ STORAGE: 's3', S3_BUCKET: 'files', S3_REGION: 'eu-central-1' })).toMatchObject({
      endpoint: undefined,
      region: 'eu-central-1',
      credentials: undefined,
    });
  });

  it('names what is missing', () => {
    expect(() => storage({ STORAGE: 's3', S3_ACCESS_KEY_ID: 'id' })).toThrow(
      /S3_BUCKET: is required.*\n.*S3_SECRET_ACCESS_KEY: is required/,
    );
    expect(() => storage({ STORAGE: 's3', S3_BUCKET: 'b', S3_SECRET_ACCESS_KEY: 'x' })).toThrow(
      'S3_ACCESS_KEY_ID: is required',
    );
    expect(() => storage({ STORAGE: 'ftp' })).toThrow('STORAGE: expected one of local, s3');
  });
});
