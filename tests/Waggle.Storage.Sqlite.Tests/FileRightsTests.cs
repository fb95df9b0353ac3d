using System.Runtime.Versioning;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests;

[UnsupportedOSPlatform("windows")]
public class FileRightsTests
{
    private const UnixFileMode OthersMay = (UnixFileMode)0b111_111;

    [Fact]
    public async Task A_new_data_folder_and_its_files_are_their_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such rights.");
        using var outer = new TempFolder();
        var folder = outer.File("data");
        await using var store = Stores.Open(Stores.Options(folder), new FakeTime());
        await store.MakeAsync(await store.AcquireAsync());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        foreach (var name in (string[])["waggle.db", "waggle.db-wal", "waggle.db-shm", "waggle.head"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, name)));
    }

    [Fact]
    public async Task A_database_of_an_earlier_version_is_closed_to_others_and_its_folder_keeps_its_rights()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such rights.");
        using var folder = new TempFolder();
        await Stores.Open(folder).DisposeAsync();
        File.SetUnixFileMode(folder.Database, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var rights = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        File.SetUnixFileMode(folder.Path, rights);

        await using var store = Stores.Open(folder);
        Assert.Equal(0, (int)(File.GetUnixFileMode(folder.Database) & OthersMay));
        Assert.Equal(rights, File.GetUnixFileMode(folder.Path));
    }
}
