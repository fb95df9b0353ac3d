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
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var upload = await Upload.SendAsync(hub, task, proof, new Generated(bytes), "video/mp4");
        Assert.Equal(HttpStatusCode.Created, upload.Status);
        Assert.Equal(bytes, (int)upload.Body["bytes"]!);
        (await hub.PostAsync($"/api/v1/leases/{task}/complete", $"{{{proof},\"result_ref\":{upload.Body.ToJsonString()}}}")).Is(200);

        using var response = await hub.Http.GetAsync($"/api/v1/tasks/{task}/result", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("video/mp4", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(bytes, response.Content.Headers.ContentLength);
        await using var content = await response.Content.ReadAsStreamAsync();
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content));
        Assert.Equal((string)upload.Body["sha256"]!, hash);
        Assert.Equal(Convert.ToHexStringLower(await SHA256.HashDataAsync(new Generated(bytes))), hash);

        // Sender, hub and reader together, in this process; one copy of it would be more than this.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, bytes / 2);
    }
}
