using BindToInterface.Supervisor.Proc;

namespace BindToInterface.Supervisor.Tests.Proc;

public sealed class SmallFileTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(5000)]
    public void All_of_it_is_read(int length)
    {
        string path = Path.GetTempFileName();
        byte[] content = new byte[length];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(path, content);

        byte[]? read = SmallFile.Read(path);

        File.Delete(path);
        Assert.Equal(content, read);
    }

    [Fact]
    public void A_file_of_proc_has_no_length() => Assert.Equal(File.ReadAllBytes("/proc/self/cmdline"), SmallFile.Read("/proc/self/cmdline"));

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/proc")]
    public void What_cannot_be_read_is_null(string path) => Assert.Null(SmallFile.Read(path));
}
