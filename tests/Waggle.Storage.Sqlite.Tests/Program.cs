using Waggle.Storage.Sqlite.Tests;
using Waggle.Storage.Sqlite.Tests.Children;

return args is [Child.Verb, .. var rest] ? await Child.RunAsync(rest) : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
