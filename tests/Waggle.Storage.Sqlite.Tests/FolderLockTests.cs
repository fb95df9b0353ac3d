using System.Diagnostics;
using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Tests.Children;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests;

public class FolderLockTests
{
    [Fact]
    public async Task A_second_hub_is_told_the_folder_and_the_process_that_has_it()
    {
        using var folder = new TempFolder();
        using var child = ChildProcess.Start("hold", folder.Path);
        Assert.Equal("open", await child.ReadLineAsync());

        var error = Assert.Throws<StoreLockedException>(() => Stores.Open(folder));
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains($"process {child.Id} (since ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_process_cannot_open_what_this_one_holds()
    {
        using var folder = new TempFolder();
        await using var store = Stores.Open(folder);
        using var child = ChildProcess.Start("hold", folder.Path);

        Assert.StartsWith($"StoreLockedException: The folder {folder.Path} is in use by process {Environment.ProcessId}", await child.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lock_of_a_killed_hub_is_free_at_once()
    {
        using var folder = new TempFolder();
        using var child = ChildProcess.Start("hold", folder.Path);
        Assert.Equal("open", await child.ReadLineAsync());
        await child.KillAsync();

        await using var store = Stores.Open(folder);
        Assert.Equal(2, (await store.AcquireAsync()).Epoch);
    }

    [Fact]
    public async Task The_same_process_cannot_open_a_folder_twice_but_again_after_closing_it()
    {
        using var folder = new TempFolder();
        var first = Stores.Open(folder);
        Assert.Throws<StoreLockedException>(() => Stores.Open(folder));
        Assert.Throws<StoreLockedException>(() => Stores.Open(folder));
        await first.DisposeAsync();

        await using var second = Stores.Open(folder);
        Assert.StartsWith($"{Environment.ProcessId}\n", await File.ReadAllTextAsync(folder.File("waggle.pid")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lock_is_one_that_other_tools_see()
    {
        Require.Tool("flock", "--version");
        using var folder = new TempFolder();
        await using var store = Stores.Open(folder);

        using var flock = Process.Start("flock", ["--nonblock", folder.File("waggle.lock"), "true"]);
        await flock.WaitForExitAsync();
        Assert.Equal(1, flock.ExitCode);
    }
}
