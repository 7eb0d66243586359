using System.Runtime.InteropServices;
using BindToInterface.Supervisor.Launch;

namespace BindToInterface.Supervisor.Tests.Launch;

public sealed unsafe class NativeStringsTests
{
    [Fact]
    public void The_words_are_as_exec_takes_them_bytes_that_are_no_text_included()
    {
        using var words = new NativeStrings(["curl\0"u8.ToArray(), "\0"u8.ToArray(), [0xff, 0xfe, 0]]);

        Assert.Equal("curl"u8.ToArray(), Word(words, 0));
        Assert.Empty(Word(words, 1));
        Assert.Equal([0xff, 0xfe], Word(words, 2));
        Assert.True(words.Array[3] == null);
    }

    [Fact]
    public void No_words_are_an_end_at_once()
    {
        using var words = new NativeStrings([]);

        Assert.True(words.Array[0] == null);
    }

    private static byte[] Word(NativeStrings words, int index) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(words.Array[index]).ToArray();
}
