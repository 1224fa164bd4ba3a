// The program that profiles a CSV file.

import { serveChild } from '../child-process/serve-child.js';
import { profileCsv, type ProfileOutcome, type ProfileRequest } from './profile-csv.js';

serveChild<ProfileRequest, ProfileOutcome, number>((request, { report }) => profileCsv(request, report));
