import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AdminOnly, Public } from '../../src/common/auth/access.decorator.js';
import { routesOf, undeclaredRoutes } from './routes.js';

@Controller('planted')
class PlantedController {
  @Get('declared')
  @Public()
  declared(): string {
    return '';
  }

  @Post('forgotten')
  forgotten(): string {
    return '';
  }
}

@Controller('planted-twice')
@Public()
class PlantedTwiceController {
  @Get()
  @AdminOnly()
  twice(): string {
    return '';
  }
}

@Module({ controllers: [PlantedController, PlantedTwiceController] })
class PlantedModule {}

describe('a running application', () => {
  it('tells which of its routes declare no access, or two', async () => {
    const planted = await NestFactory.createApplicationContext(PlantedModule, { logger: false });
    expect(undeclaredRoutes(routesOf(planted))).toEqual([
      'PlantedController.forgotten declares 0 accesses',
      'PlantedTwiceController.twice declares 2 accesses',
    ]);
    await planted.close();
  });
});
