using Waggle.Conformance.Blobs;
using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Blobs;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Blobs;

/// <summary>The port's suite over a folder.</summary>
public sealed class FolderBlobsConformance : BlobConformance, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTime _time = new();

    public void Dispose() => _folder.Dispose();

    protected override DateTimeOffset Now => _time.GetUtcNow();

    protected override void Advance(TimeSpan by) => _time.Advance(by);

    protected override IBlobs Open() => FolderBlobs.Open(Stores.Options(_folder.Path), _time);
}
