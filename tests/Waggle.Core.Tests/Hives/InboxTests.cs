using Waggle.Core.Hives;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

public class InboxTests
{
    private readonly Inbox _inbox = new(capacity: 300);

    [Fact]
    public async Task What_was_written_is_taken_in_its_order_and_at_most_a_batch_of_it()
    {
        var written = Enumerable.Range(0, 3).Select(_ => Item()).ToArray();
        foreach (var item in written) Assert.True(await _inbox.WriteAsync(item, CancellationToken.None));
        var taken = new List<InboxItem>();

        _inbox.Take(taken, most: 2);

        Assert.Equal(written[..2], taken);
        Assert.Equal(1, _inbox.Count);
    }

    [Fact]
    public async Task The_257th_large_command_waits_until_one_was_taken()
    {
        for (var i = 0; i < 256; i++) await _inbox.WriteAsync(Item(20_000), CancellationToken.None);
        var waiting = _inbox.WriteAsync(Item(20_000), CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        Assert.True(await _inbox.WriteAsync(Item(), CancellationToken.None));

        _inbox.Take([], most: 1);

        Assert.True(await waiting);
    }

    [Fact]
    public async Task A_closed_inbox_takes_nothing_and_gives_what_was_left()
    {
        var left = Item();
        await _inbox.WriteAsync(left, CancellationToken.None);

        Assert.True(_inbox.TryClose());

        Assert.False(await _inbox.WriteAsync(Item(), CancellationToken.None));
        Assert.Equal([left], _inbox.Drain());
        Assert.False(_inbox.TryClose());
    }

    private static InboxItem Item(int bytes = 0)
    {
        var input = bytes == 0 ? default : RawJson.Parse($"\"{new string('x', bytes)}\"");
        return new(new CreateTasks([new TaskSpec { Title = "t", Input = input }]) { By = TestHive.User }, null, null);
    }
}
