// Tests that start and kill whole installations take their time.
jest.setTimeout(240_000);
