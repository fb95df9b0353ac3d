using System.Security.Cryptography;
using System.Text;
using Waggle.Core.Ports;

namespace Waggle.Conformance.Blobs;

/// <summary>
/// The tests that every <see cref="IBlobs"/> passes. A backend's test project derives from it and opens the backend on a clock that the suite moves.
/// </summary>
public abstract class BlobConformance
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("as it was written");

    /// <summary>Opens the blobs at this test's place. A second call is a restart.</summary>
    protected abstract IBlobs Open();

    protected abstract DateTimeOffset Now { get; }

    protected abstract void Advance(TimeSpan by);

    [Fact]
    public async Task What_was_written_is_read_after_a_restart_and_named_by_its_owner_and_hash()
    {
        var made = await WriteAsync(Open(), "t1-5", Content);
        Assert.Equal(("t1-5", Convert.ToHexStringLower(SHA256.HashData(Content)), (long)Content.Length), (made.Owner, made.Sha256, made.Bytes));
        Assert.True(BlobInfo.TryParse(made.Id, out var owner, out var sha256));
        Assert.Equal((made.Owner, made.Sha256), (owner, sha256));
        Assert.Equal(Content, await ReadAsync(Open(), made.Id));
    }

    [Fact]
    public async Task The_same_content_of_the_same_owner_is_one_blob_and_of_another_its_own()
    {
        var blobs = Open();
        var first = await WriteAsync(blobs, "t1-5", Content);
        Assert.Equal(first, await WriteAsync(blobs, "t1-5", Content));
        var other = await WriteAsync(blobs, "t1-6", Content);
        Assert.NotEqual(first.Id, other.Id);
        Advance(TimeSpan.FromSeconds(1));
        Assert.True(await blobs.DeleteAsync(first.Id, Now, default));
        Assert.Equal(Content, await ReadAsync(blobs, other.Id));
    }

    [Fact]
    public async Task An_empty_content_is_one_too()
    {
        var blobs = Open();
        Assert.Empty(await ReadAsync(blobs, (await WriteAsync(blobs, "t1-5", [])).Id));
    }

    [Fact]
    public async Task Contents_of_many_buffers_come_back_byte_for_byte()
    {
        var blobs = Open();
        var content = new byte[3_000_001];
        new Random(7).NextBytes(content);
        Assert.Equal(content, await ReadAsync(blobs, (await WriteAsync(blobs, "t1-5", content)).Id));
    }

    [Fact]
    public async Task A_content_at_the_limit_is_taken_and_of_one_more_nothing_is_left()
    {
        var blobs = Open();
        await blobs.WriteAsync("t1-5", new MemoryStream(Content), Content.Length, default);
        var refused = await Assert.ThrowsAsync<BlobTooLargeException>(() => blobs.WriteAsync("t1-6", new MemoryStream(Content), Content.Length - 1, default).AsTask());
        Assert.Equal(Content.Length - 1, refused.Limit);
        Assert.Equal(["t1-5"], await OwnersAsync(blobs));
    }

    [Fact]
    public async Task Where_the_sender_breaks_off_nothing_is_left_and_the_fault_is_its_own()
    {
        var blobs = Open();
        await Assert.ThrowsAsync<EndOfStreamException>(() => blobs.WriteAsync("t1-5", new Broken(), 1_000_000, default).AsTask());
        Assert.Empty(await OwnersAsync(blobs));
    }

    [Fact]
    public async Task What_is_not_there_is_null_whatever_its_name_looks_like()
    {
        var blobs = Open();
        var hash = new string('a', 64);
        foreach (var id in new[] { $"t1-5~{hash}", "", "x", $"../waggle.db~{hash}", $"..~{hash}", $"/etc/passwd~{hash}", $"t1-5~{hash[..63]}/", $"t1-5~{new string('A', 64)}" })
        {
            Assert.Null(await blobs.OpenAsync(id, default));
            Assert.Null(await blobs.HoldAsync(id, default));
            Assert.False(await blobs.DeleteAsync(id, DateTimeOffset.MaxValue, default));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(blobs, "../x", Content));
    }

    [Fact]
    public async Task What_was_written_or_held_since_is_neither_listed_nor_deleted()
    {
        var blobs = Open();
        var old = await WriteAsync(blobs, "t1-1", Content);
        var held = await WriteAsync(blobs, "t1-2", Content);
        var again = await WriteAsync(blobs, "t1-3", Content);
        Advance(TimeSpan.FromHours(2));
        var since = Now - TimeSpan.FromHours(1);
        Assert.Equal(held, await blobs.HoldAsync(held.Id, default));
        await WriteAsync(blobs, "t1-3", Content);
        await WriteAsync(blobs, "t1-4", Content);
        Assert.Equal(old, Assert.Single(await ListAsync(blobs, since)));
        Assert.False(await blobs.DeleteAsync(held.Id, since, default));
        Assert.False(await blobs.DeleteAsync(again.Id, since, default));
        Assert.True(await blobs.DeleteAsync(old.Id, since, default));
        Assert.False(await blobs.DeleteAsync(old.Id, since, default));
        Assert.Null(await blobs.OpenAsync(old.Id, default));
    }

    [Fact]
    public async Task Who_reads_a_blob_reads_it_to_its_end_though_it_is_deleted_meanwhile()
    {
        var blobs = Open();
        var content = new byte[500_000];
        new Random(8).NextBytes(content);
        var made = await WriteAsync(blobs, "t1-5", content);
        await using var reading = (await blobs.OpenAsync(made.Id, default))!;
        var first = new byte[10];
        await reading.ReadExactlyAsync(first);
        Advance(TimeSpan.FromSeconds(1));
        Assert.True(await blobs.DeleteAsync(made.Id, Now, default));
        var rest = new MemoryStream();
        await reading.CopyToAsync(rest);
        Assert.True(content.AsSpan(0, 10).SequenceEqual(first) && content.AsSpan(10).SequenceEqual(rest.ToArray()));
    }

    [Fact]
    public async Task Many_write_the_same_at_once()
    {
        var blobs = Open();
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => WriteAsync(blobs, $"t1-{i % 2}", Content))));
        Assert.Equal(2, made.Distinct().Count());
        Assert.All(made, m => Assert.Equal(m.Sha256, made[0].Sha256));
        Assert.Equal(["t1-0", "t1-1"], await OwnersAsync(blobs));
    }

    private static async Task<BlobInfo> WriteAsync(IBlobs blobs, string owner, byte[] content) => await blobs.WriteAsync(owner, new MemoryStream(content), 10_000_000, default);

    private static async Task<byte[]> ReadAsync(IBlobs blobs, string id)
    {
        await using var content = await blobs.OpenAsync(id, default);
        Assert.NotNull(content);
        var all = new MemoryStream();
        await content.CopyToAsync(all);
        Assert.Equal(all.Length, content.Length);
        return all.ToArray();
    }

    private static async Task<List<BlobInfo>> ListAsync(IBlobs blobs, DateTimeOffset since) => await blobs.ListAsync(since, default).ToListAsync();

    private async Task<string[]> OwnersAsync(IBlobs blobs) => [.. (await ListAsync(blobs, Now.AddDays(1))).Select(b => b.Owner).Order(StringComparer.Ordinal)];

    private sealed class Broken : MemoryStream
    {
        private bool _gave;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_gave) throw new EndOfStreamException("The sender is gone.");
            _gave = true;
            return new(Math.Min(buffer.Length, 1000));
        }
    }
}
