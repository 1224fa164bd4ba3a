import { Module } from '@nestjs/common';
import { FileDownload } from './file-download.js';
import { FileLinksController } from './file-links.controller.js';
import { FileLinksRepository } from './file-links.repository.js';
import { FileLinksService } from './file-links.service.js';
import { FileIntake } from './file-intake.js';
import { FileQuota } from './file-quota.js';
import { FileUpload } from './file-upload.js';
import { FileUsageRepository } from './file-usage.repository.js';
import { FilesController } from './files.controller.js';
import { FilesRepository } from './files.repository.js';
import { FilesService } from './files.service.js';
import { LinkedDownloadsController } from './linked-downloads.controller.js';
import { TusRequests } from './tus-requests.js';
import { UploadAftermath } from './upload-aftermath.js';
import { UploadBytes } from './upload-bytes.js';
import { UploadCompletion } from './upload-completion.js';
import { UploadDigests } from './upload-digests.js';
import { UploadLocksRepository } from './upload-locks.repository.js';
import { UploadsController } from './uploads.controller.js';
import { UploadsRepository } from './uploads.repository.js';
import { UploadsService } from './uploads.service.js';

@Module({
  controllers: [FilesController, FileLinksController, LinkedDownloadsController, UploadsController],
  providers: [
    FilesService,
    FilesRepository,
    FileQuota,
    FileUsageRepository,
    FileIntake,
    FileUpload,
    FileDownload,
    FileLinksService,
    FileLinksRepository,
    TusRequests,
    UploadsService,
    UploadsRepository,
    UploadLocksRepository,
    UploadBytes,
    UploadCompletion,
    UploadDigests,
    UploadAftermath,
  ],
  exports: [FilesService, FileQuota],
})
export class FilesModule {}
