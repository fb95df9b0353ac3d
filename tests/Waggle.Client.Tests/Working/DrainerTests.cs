using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class DrainerTests
{
    private readonly WorkerParts _parts = new();
    private readonly Drainer _drainer;

    public DrainerTests() => _drainer = new Drainer(_parts.Requests);

    [Fact]
    public void It_asks_once_and_stays()
    {
        Assert.True(_drainer.TryBegin());
        Assert.False(_drainer.TryBegin());
        Assert.IsType<AgentDrain>(Assert.Single(_parts.SentMessages()));
        Assert.True(_drainer.IsDraining);
    }

    [Fact]
    public void Work_that_was_on_its_way_does_not_end_it()
    {
        _drainer.TryBegin();
        _drainer.Resumed();
        Assert.True(_drainer.IsDraining);
    }

    [Fact]
    public async Task Work_after_the_hub_knew_ends_it()
    {
        _drainer.TryBegin();
        var request = Assert.Single(_parts.Sent());
        request.Answered(Answers.Nothing(request.Message), generation: 1);

        // The answer is taken up on the thread pool.
        await Eventually.Async(() =>
        {
            _drainer.Resumed();
            return !_drainer.IsDraining;
        });
        Assert.True(_drainer.TryBegin());
    }

    [Fact]
    public void A_request_that_failed_is_not_known_to_the_hub()
    {
        _drainer.TryBegin();
        Assert.Single(_parts.Sent()).Refused(new ErrorMessage { Code = ErrorCodes.StoreUnavailable, Message = "later" });
        _drainer.Resumed();
        Assert.True(_drainer.IsDraining);
    }
}
