using System.Net;
using System.Security.Cryptography;

namespace Waggle.Server.Tests.Api;

// Alone in the process: what is allocated is measured.
[CollectionDefinition(nameof(LargeResultTests), DisableParallelization = true)]
[Collection(nameof(LargeResultTests))]
public sealed class LargeResultTests
{
    [Fact]
    public async Task A_result_of_50_MB_streams_in_and_out_with_flat_memory()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("big");
        var (task, proof) = await hub.LeaseAsync("a1");
        var bytes = 50_000_000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        var upload = await Upload.SendAsync(hub, task, proof, new Metered(new Generated(bytes), Measure), "video/mp4");
        Assert.Equal(HttpStatusCode.Created, upload.Status);
        Assert.Equal(bytes, (int)upload.Body["bytes"]!);
        (await hub.PostAsync($"/api/v1/leases/{task}/complete", $"{{{proof},\"result_ref\":{upload.Body.ToJsonString()}}}")).Is(200);

        using var response = await hub.Http.GetAsync($"/api/v1/tasks/{task}/result", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("video/mp4", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(bytes, response.Content.Headers.ContentLength);
        await using var content = new Metered(await response.Content.ReadAsStreamAsync(), Measure);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content));
        Assert.Equal((string)upload.Body["sha256"]!, hash);
        Assert.Equal(Convert.ToHexStringLower(await SHA256.HashDataAsync(new Generated(bytes))), hash);

        // Sender, hub and reader together, in this process: half a copy of it, kept at any moment, would be more than this.
        Assert.InRange(most, 1, bytes / 4);

        void Measure() => most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
    }

    /// <summary>A stream that measures the memory after each 5 MB; neither speed nor garbage changes the result.</summary>
    private sealed class Metered(Stream inner, Action measure) : Stream
    {
        private const int Step = 5_000_000;

        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Passed(inner.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Passed(await inner.ReadAsync(buffer, cancellationToken));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        private int Passed(int count)
        {
            if (_at / Step < (_at + count) / Step) measure();
            _at += count;
            return count;
        }
    }
}
