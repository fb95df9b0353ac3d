using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class WorkerOwnerTests : IDisposable
{
    private readonly WorkerParts _parts = new();
    private readonly List<string> _accepted = [];
    private readonly Drainer _drainer;
    private readonly LeaseKeeper _keeper;
    private readonly WorkerOwner _owner;

    public WorkerOwnerTests()
    {
        _drainer = new Drainer(_parts.Requests);
        _keeper = new LeaseKeeper(_parts.Options, _parts.Leases, _parts.Reporter, _parts.Requests, () => true);
        _owner = new WorkerOwner(
            _parts.Options, "secret", ["build"], _parts.State, _parts.Leases, _parts.Reporter, _keeper, _drainer,
            new VoteCaster(_parts.Options, _parts.Requests), new MessageReceiver(_parts.Options, _parts.Requests, _parts.Failures.Enqueue), a => _accepted.Add(a.Task), _ => { });
    }

    public void Dispose() => _keeper.Dispose();

    [Fact]
    public void The_hello_names_the_agent_its_types_and_what_it_holds()
    {
        var work = _parts.Accept();
        var agent = _owner.CreateHello().Agent!;
        Assert.Equal(("a1", "secret", 1), (agent.Id, agent.Secret, agent.Slots));
        Assert.Equal(["build"], agent.Types!);
        Assert.Equal([work.Lease], agent.Holding!);
    }

    [Fact]
    public void The_welcome_renews_what_it_keeps_and_stops_the_rest()
    {
        var (kept, stopped) = (_parts.Accept("t1"), _parts.Accept("t2", token: 2));
        var before = kept.RenewedAt;
        _parts.Time.Advance(TimeSpan.FromSeconds(1));
        _owner.CreateHello();

        _owner.Connected(Welcome(keep: [kept.Lease], stop: [stopped.Lease]), generation: 1);

        Assert.Equal("given-1", _parts.State.AgentId);
        Assert.True(kept.RenewedAt > before);
        Assert.Equal((CancelCause.None, CancelCause.Stopped), (kept.CancelCause, stopped.CancelCause));
        Assert.Equal(before, stopped.RenewedAt);
    }

    [Fact]
    public void An_agent_that_drains_says_so_on_every_connection()
    {
        _owner.Connected(Welcome(), generation: 1);
        Assert.Empty(_parts.Sent());

        _drainer.TryBegin();
        _parts.Sent();
        _owner.Connected(Welcome(), generation: 2);

        Assert.IsType<AgentDrain>(Assert.Single(_parts.SentMessages()));
    }

    [Fact]
    public void A_name_in_use_is_final_only_before_the_first_welcome()
    {
        var refusal = new WaggleException(ErrorCodes.AgentInUse, "taken", TimeSpan.FromSeconds(1));
        Assert.True(_owner.GivesUpOn(refusal, generation: 0));
        Assert.False(_owner.GivesUpOn(refusal, generation: 1));

        _parts.Options.WaitWhileInUse = true;
        Assert.False(_owner.GivesUpOn(refusal, generation: 0));
    }

    [Fact]
    public void A_worker_with_leases_is_back_within_a_third_of_the_shortest()
    {
        Assert.Null(_owner.LongestPause);
        var work = _parts.Accept();
        Assert.Equal(TimeSpan.FromMilliseconds(work.LeaseMs) / 3, _owner.LongestPause);
    }

    [Fact]
    public void Assignments_cancellations_and_stops_go_to_their_parts()
    {
        var (cancelled, stopped) = (_parts.Accept("t1"), _parts.Accept("t2", token: 2));

        _owner.Received(Answers.Assign("t3", token: 3));
        _owner.Received(new Cancel { Task = "t1", Attempt = 1, Token = 1, Reason = "not needed", GraceMs = 1000 });
        _owner.Received(new Stop { Task = "t2", Attempt = 1, Token = 2, Reason = "another has it" });

        Assert.Equal(["t3"], _accepted);
        Assert.Equal((CancelCause.TaskCancelled, CancelCause.Stopped), (cancelled.CancelCause, stopped.CancelCause));
    }

    private static Welcome Welcome(IReadOnlyList<LeaseRef>? keep = null, IReadOnlyList<LeaseRef>? stop = null) => new()
    {
        Protocol = "waggle.v1",
        Hub = "h",
        Hive = "main",
        Session = "s1",
        Position = new Position(1, 1),
        HeartbeatMs = 10_000,
        MaxMessageBytes = Limits.MaxMessageBytes,
        Agent = new WelcomeAgent { Id = "given-1", Swarm = "default", Keep = keep ?? [], Stop = stop ?? [], Missing = [] },
    };
}
