// The rules and variables that make has by itself (https://www.gnu.org/software/make/manual/html_node/Catalogue-of-Rules.html).

export const SUFFIXES =
  '.out .a .ln .o .c .cc .C .cpp .p .f .F .m .r .y .l .ym .yl .s .S .mod .sym .def .h .info .dvi .tex .texinfo .texi .txinfo .w .ch .web .sh .elc .el'.split(' ');

const LINK = (language: string): string => `$(LINK.${language}) $^ $(LOADLIBES) $(LDLIBS) -o $@`;
const COMPILE = (language: string): string => `$(COMPILE.${language}) $(OUTPUT_OPTION) $<`;
const INFO = '$(MAKEINFO) $(MAKEINFO_FLAGS) $< -o $@';
const DVI = '$(TEXI2DVI) $(TEXI2DVI_FLAGS) $<';

/** Suffix rules: `.c.o` makes an object of a C file. */
export const SUFFIX_RULES: Readonly<Record<string, string>> = {
  '.o': LINK('o'), '.c': LINK('c'), '.c.ln': '$(LINT.c) -C$* $<', '.c.o': COMPILE('c'), '.cc': LINK('cc'), '.cc.o': COMPILE('cc'), '.C': LINK('C'), '.C.o': COMPILE('C'), '.cpp': LINK('cpp'), '.cpp.o': COMPILE('cpp'),
  '.p': LINK('p'), '.p.o': COMPILE('p'), '.f': LINK('f'), '.f.o': COMPILE('f'), '.F': LINK('F'), '.F.o': COMPILE('F'), '.F.f': '$(PREPROCESS.F) $(OUTPUT_OPTION) $<', '.m': LINK('m'), '.m.o': COMPILE('m'),
  '.r': LINK('r'), '.r.o': COMPILE('r'), '.r.f': '$(PREPROCESS.r) $(OUTPUT_OPTION) $<', '.y.ln': '$(YACC.y) $< \n $(LINT.c) -C$* y.tab.c \n $(RM) y.tab.c', '.y.c': '$(YACC.y) $< \n mv -f y.tab.c $@',
  '.l.ln': '@$(RM) $*.c\n $(LEX.l) $< > $*.c\n$(LINT.c) -i $*.c -o $@\n $(RM) $*.c', '.l.c': '@$(RM) $@ \n $(LEX.l) $< > $@', '.l.r': '$(LEX.l) $< > $@ \n mv -f lex.yy.r $@', '.ym.m': '$(YACC.m) $< \n mv -f y.tab.c $@',
  '.s': LINK('s'), '.s.o': '$(COMPILE.s) -o $@ $<', '.S': LINK('S'), '.S.o': '$(COMPILE.S) -o $@ $<', '.S.s': '$(PREPROCESS.S) $< > $@', '.mod': '$(COMPILE.mod) -o $@ -e $@ $^', '.mod.o': '$(COMPILE.mod) -o $@ $<',
  '.def.sym': '$(COMPILE.def) -o $@ $<', '.tex.dvi': '$(TEX) $<', '.texinfo.info': INFO, '.texinfo.dvi': DVI, '.texi.info': INFO, '.texi.dvi': DVI, '.txinfo.info': INFO, '.txinfo.dvi': DVI,
  '.w.c': '$(CTANGLE) $< - $@', '.w.tex': '$(CWEAVE) $< - $@', '.web.p': '$(TANGLE) $<', '.web.tex': '$(WEAVE) $<', '.sh': 'cat $< >$@ \n chmod a+x $@',
};

/** Pattern rules: target, prerequisites, recipe; with `::` in front of the prerequisites a terminal one. */
export const PATTERN_RULES: readonly (readonly [string, string, string])[] = [
  ['(%)', '%', '$(AR) $(ARFLAGS) $@ $<'], ['%.out', '%', '@rm -f $@ \n cp $< $@'], ['%.c', '%.w %.ch', '$(CTANGLE) $^ $@'], ['%.tex', '%.w %.ch', '$(CWEAVE) $^ $@'],
  ['%', '::%,v', '$(CHECKOUT,v)'], ['%', '::RCS/%,v', '$(CHECKOUT,v)'], ['%', '::RCS/%', '$(CHECKOUT,v)'], ['%', '::s.%', '$(GET) $(GFLAGS) $(SCCS_OUTPUT_OPTION) $<'], ['%', '::SCCS/s.%', '$(GET) $(GFLAGS) $(SCCS_OUTPUT_OPTION) $<'],
];

export const VARIABLES: Readonly<Record<string, string>> = {
  AR: 'ar', ARFLAGS: 'rv', AS: 'as', CC: 'cc', OBJC: 'cc', CXX: 'g++', 'CHECKOUT,v': '+$(if $(wildcard $@),,$(CO) $(COFLAGS) $< $@)', CO: 'co', COFLAGS: '', CPP: '$(CC) -E', FC: 'f77', F77: '$(FC)', F77FLAGS: '$(FFLAGS)', GET: 'get', LD: 'ld', LEX: 'lex',
  LINT: 'lint', M2C: 'm2c', PC: 'pc', YACC: 'yacc', MAKEINFO: 'makeinfo', TEX: 'tex', TEXI2DVI: 'texi2dvi', WEAVE: 'weave', CWEAVE: 'cweave', TANGLE: 'tangle', CTANGLE: 'ctangle', RM: 'rm -f', OUTPUT_OPTION: '-o $@',
  'LINK.o': '$(CC) $(LDFLAGS) $(TARGET_ARCH)', 'COMPILE.c': '$(CC) $(CFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c', 'LINK.c': '$(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_ARCH)', 'COMPILE.m': '$(OBJC) $(OBJCFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c',
  'LINK.m': '$(OBJC) $(OBJCFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_ARCH)', 'COMPILE.cc': '$(CXX) $(CXXFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c', 'COMPILE.C': '$(COMPILE.cc)', 'COMPILE.cpp': '$(COMPILE.cc)', 'LINK.cc': '$(CXX) $(CXXFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_ARCH)',
  'LINK.C': '$(LINK.cc)', 'LINK.cpp': '$(LINK.cc)', 'YACC.y': '$(YACC) $(YFLAGS)', 'LEX.l': '$(LEX) $(LFLAGS) -t', 'YACC.m': '$(YACC) $(YFLAGS)', 'LEX.m': '$(LEX) $(LFLAGS) -t', 'COMPILE.f': '$(FC) $(FFLAGS) $(TARGET_ARCH) -c',
  'LINK.f': '$(FC) $(FFLAGS) $(LDFLAGS) $(TARGET_ARCH)', 'COMPILE.F': '$(FC) $(FFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c', 'LINK.F': '$(FC) $(FFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_ARCH)', 'COMPILE.r': '$(FC) $(FFLAGS) $(RFLAGS) $(TARGET_ARCH) -c',
  'LINK.r': '$(FC) $(FFLAGS) $(RFLAGS) $(LDFLAGS) $(TARGET_ARCH)', 'COMPILE.def': '$(M2C) $(M2FLAGS) $(DEFFLAGS) $(TARGET_ARCH)', 'COMPILE.mod': '$(M2C) $(M2FLAGS) $(MODFLAGS) $(TARGET_ARCH)', 'COMPILE.p': '$(PC) $(PFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c',
  'LINK.p': '$(PC) $(PFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_ARCH)', 'LINK.s': '$(CC) $(ASFLAGS) $(LDFLAGS) $(TARGET_MACH)', 'COMPILE.s': '$(AS) $(ASFLAGS) $(TARGET_MACH)', 'LINK.S': '$(CC) $(ASFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_MACH)',
  'COMPILE.S': '$(CC) $(ASFLAGS) $(CPPFLAGS) $(TARGET_MACH) -c', 'PREPROCESS.S': '$(CC) -E $(CPPFLAGS)', 'PREPROCESS.F': '$(FC) $(FFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -F', 'PREPROCESS.r': '$(FC) $(FFLAGS) $(RFLAGS) $(TARGET_ARCH) -F',
  'LINT.c': '$(LINT) $(LINTFLAGS) $(CPPFLAGS) $(TARGET_ARCH)', '.LIBPATTERNS': 'lib%.so lib%.a',
};
